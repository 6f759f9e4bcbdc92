"""Rule 6: whose visit, whose event."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from itertools import chain
from operator import attrgetter

from growth.attribution.facts import LEADS, Claim, is_lead, unclaimed, user
from growth.attribution.visits import VISIT_TIMEOUT, Visit

SHARED_TERMINAL = 20
"""A visitor claimed by more users than this joins a user only where the user was seen."""

CLIENT_MISTAKE = 200
"""So does a user who claimed more visitors than this."""

MISTAKES = {"", "null", "nil", "none", "undefined", "nan", "unknown", "0"}
"""What clients send as an id when they have none."""


def claimant(start: int, end: int, claims: Sequence[Claim], joining: Collection[str]) -> str | None:
    """The user whom a stretch of a visitor's time belongs to, or None.

    The first claim made within it; else the latest before; else the earliest after. Outside of the
    stretch only the claims of `joining` users count. `claims` are in order.
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
    """The owner key of an event that names no user: the owner of its visitor's `latest` visit.

    Without a visit that began at or before the event, claims count as for a visit at its instant.
    """
    if latest is not None:
        return latest.owner
    user_id = claimant(created_at, created_at + VISIT_TIMEOUT, claims, joining)
    return unclaimed(fingerprint) if user_id is None else user(user_id)


def leads_named(lead_id: str) -> list[str]:
    """The visitors that a lead's id may mean: one, if it begins with the name of its platform.

    >>> leads_named("4711")
    ['google_ads:4711', 'meta:4711']
    """
    if lead_id.lower() in MISTAKES:
        return []
    return [lead_id] if is_lead(lead_id) else [f"{platform}:{lead_id}" for platform in LEADS]
