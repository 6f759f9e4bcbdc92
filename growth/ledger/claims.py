"""Reads who claimed a visitor, and whose claims reach past the visits they were made in."""

from __future__ import annotations

from collections.abc import Collection

from growth.attribution.facts import Claim
from growth.attribution.identity import CLIENT_MISTAKE, SHARED_TERMINAL
from growth.database.tables import identity as people


def joining_users(fingerprint: str) -> frozenset[str]:
    """The users whose claims on the visitor reach past the visits they were made in."""
    users = people.USERS.rows(fingerprint=fingerprint, size=SHARED_TERMINAL + 1)
    if len(users) > SHARED_TERMINAL:
        return frozenset()
    return frozenset(user_id for (user_id,) in users if not is_mistaken(user_id))


def is_mistaken(user_id: str) -> bool:
    return len(people.FINGERPRINTS.rows(user_id=user_id, size=CLIENT_MISTAKE + 1)) > CLIENT_MISTAKE


def claims_around(fingerprint: str, start: int, end: int, joining: Collection[str]) -> list[Claim]:
    """The claims within the stretch, and the nearest of each joining user before and after it."""
    within = people.CLAIMS_BETWEEN.rows(fingerprint=fingerprint, start=start, end=end)
    for user_id in joining:
        within += people.CLAIM_BEFORE.rows(fingerprint=fingerprint, user_id=user_id, start=start)
        within += people.CLAIM_AFTER.rows(fingerprint=fingerprint, user_id=user_id, end=end)
    return sorted(Claim(*row) for row in within)
