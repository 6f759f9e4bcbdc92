"""Rule 6: the owner of a visit or an event."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from itertools import chain
from operator import attrgetter

from growth.attribution.facts import LEADS, Claim, is_lead, unclaimed, user
from growth.attribution.visits import VISIT_TIMEOUT, Visit

SHARED_TERMINAL = 20
"""Above this many users of a visitor, a claim counts only within its own visit."""

CLIENT_MISTAKE = 200
"""Above this many visitors of a user, so do the user's claims."""

MISTAKES = {"", "null", "nil", "none", "undefined", "nan", "unknown", "0"}
"""Values that clients send instead of a missing id."""


def claimant(start: int, end: int, claims: Sequence[Claim], joining: Collection[str]) -> str | None:
    """The user who owns a stretch of a visitor's time, or None.

    The first claim within the stretch decides; else the latest before it; else the earliest after
    it. Outside the stretch only claims of `joining` users count. `claims` are in order.
    """
    first = bisect_left(claims, start, key=attrgetter("created_at"))
    past = bisect_right(claims, end, key=attrgetter("created_at"))
    if first < past:
        return claims[first].user_id
    outside = chain(reversed(claims[:first]), claims[past:])
    return next((claim.user_id for claim in outside if claim.user_id in joining), None)


def owner_of_visit(visit: Visit, claims: Sequence[Claim], joining: Collection[str]) -> str:
    """The owner key of a visit: claims count from its start to 30 minutes after its last page."""
    user_id = claimant(visit.started_at, visit.last_at + VISIT_TIMEOUT, claims, joining)
    return unclaimed(visit.fingerprint) if user_id is None else user(user_id)


def owner_of_event(
    fingerprint: str,
    created_at: int,
    latest: Visit | None,
    claims: Sequence[Claim],
    joining: Collection[str],
) -> str:
    """The owner key of an event without a user: the owner of its visitor's `latest` visit.

    Without a visit that began by then, claims count as for a visit at the event's instant.
    """
    if latest is not None:
        return latest.owner
    user_id = claimant(created_at, created_at + VISIT_TIMEOUT, claims, joining)
    return unclaimed(fingerprint) if user_id is None else user(user_id)


def leads_named(lead_id: str) -> list[str]:
    """The visitors with this lead id: one if it begins with a platform, else one for each platform.

    >>> leads_named("4711")
    ['google_ads:4711', 'meta:4711']
    """
    if lead_id.lower() in MISTAKES:
        return []
    return [lead_id] if is_lead(lead_id) else [f"{platform}:{lead_id}" for platform in LEADS]
