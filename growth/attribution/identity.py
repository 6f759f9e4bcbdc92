"""Rule 6: the owner of a visit or an event."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from itertools import chain
from operator import attrgetter

from growth.attribution.facts import Claim, unclaimed, user
from growth.attribution.visits import VISIT_TIMEOUT, Visit

SHARED_TERMINAL = 20
"""A visitor that more users than this claimed is taken for a shared terminal.

Each claim of such a visitor counts only for the visit during which the claim is made.
"""

CLIENT_MISTAKE = 200
"""A user who claimed more visitors than this is taken for a mistake of a client.

Each claim by such a user counts only for the visit during which the claim is made.
"""

MISTAKES = {"", "null", "nil", "none", "undefined", "nan", "unknown", "0"}
"""Values that clients send instead of a missing id."""


def claimant(start: int, end: int, claims: Sequence[Claim], joining: Collection[str]) -> str | None:
    """The user who owns a visitor's visit or event between `start` and `end`. None if no user does.

    The first claim between `start` and `end` decides. If there is none, the latest claim before
    `start` decides. If there is none either, the earliest claim after `end` decides. Claims before
    `start` and after `end` count only if their user is in `joining`. `claims` are the visitor's
    claims, sorted by time. Claims that cannot decide may be missing.
    """
    first = bisect_left(claims, start, key=attrgetter("created_at"))
    past = bisect_right(claims, end, key=attrgetter("created_at"))
    if first < past:
        return claims[first].user_id
    outside = chain(reversed(claims[:first]), claims[past:])
    return next((claim.user_id for claim in outside if claim.user_id in joining), None)


def owner_of_visit(visit: Visit, claims: Sequence[Claim], joining: Collection[str]) -> str:
    """The owner key of a visit.

    A claim up to 30 minutes after the last page of a visit counts as made during the visit.
    """
    user_id = claimant(visit.started_at, visit.last_at + VISIT_TIMEOUT, claims, joining)
    return unclaimed(visit.fingerprint) if user_id is None else user(user_id)


def owner_of_event(
    fingerprint: str,
    created_at: int,
    latest: Visit | None,
    claims: Sequence[Claim],
    joining: Collection[str],
) -> str:
    """The owner key of an event without a user_id.

    `latest` is the visitor's latest visit that began at or before the event. The event belongs to
    the owner of this visit. If there is no such visit, `latest` is None, and the claims decide as
    if the event were a visit with one pageview.
    """
    if latest is not None:
        return latest.owner
    user_id = claimant(created_at, created_at + VISIT_TIMEOUT, claims, joining)
    return unclaimed(fingerprint) if user_id is None else user(user_id)
