"""Stores claims of users on visitors, and knows which of them count (rule 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from growth.attribution.facts import Claim
from growth.attribution.identity import CLIENT_MISTAKE, SHARED_TERMINAL
from growth.ledger.statements import identity as identities

Pair = tuple[str, str]
"""A visitor, and a user who claimed the visitor."""


@dataclass
class Identities:
    """The users who claimed each visitor, and the visitors that each user claimed.

    At most SHARED_TERMINAL + 1 users of a visitor are loaded, and at most CLIENT_MISTAKE + 1
    visitors of a user.
    """

    users: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    devices: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def load(self, fingerprints: Iterable[str], user_ids: Iterable[str] = ()) -> None:
        """Load the users of the given visitors. Load the visitors of these and the given users."""
        asked = [(each,) for each in sorted(set(fingerprints) - self.users.keys())]
        for (fingerprint,) in asked:
            self.users[fingerprint] = set()
        found = set(user_ids)
        for fingerprint, user_id in identities.USERS_OF.all(asked):
            self.users[fingerprint].add(user_id)
            found.add(user_id)
        wanted = [(each,) for each in sorted(found - self.devices.keys())]
        for (user_id,) in wanted:
            self.devices[user_id] = set()
        for user_id, fingerprint in identities.DEVICES_OF.all(wanted):
            self.devices[user_id].add(fingerprint)

    def joining(self, fingerprint: str) -> frozenset[str]:
        """The users whose claims on the visitor also count outside the visits they were made in."""
        users = self.users[fingerprint]
        if len(users) > SHARED_TERMINAL:
            return frozenset()
        return frozenset(users - self.mistaken(fingerprint))

    def mistaken(self, fingerprint: str) -> set[str]:
        """The visitor's users who claimed more than CLIENT_MISTAKE visitors."""
        return {each for each in self.users[fingerprint] if self.is_mistaken(each)}

    def is_mistaken(self, user_id: str) -> bool:
        return len(self.devices[user_id]) > CLIENT_MISTAKE

    def add(self, claims: Iterable[tuple[str, Claim]]) -> tuple[set[Pair], set[str]]:
        """Store claims on visitors. The users of these visitors must be loaded.

        Return the new pairs, and the visitors that have just passed a limit of rule 6.
        """
        rows = sorted({(fp, claim.created_at, claim.user_id) for fp, claim in claims})
        identities.INSERT_CLAIMS.run(rows)
        pairs = {(fingerprint, user_id) for fingerprint, _, user_id in rows}
        new = {(fp, user_id) for fp, user_id in pairs if user_id not in self.users[fp]}
        identities.INSERT_DEVICES.run(sorted((user_id, fp) for fp, user_id in new))
        recounted: set[str] = set()
        for fingerprint, user_id in new:
            self.users[fingerprint].add(user_id)
            if len(self.users[fingerprint]) == SHARED_TERMINAL + 1:
                recounted.add(fingerprint)
            was_mistaken = self.is_mistaken(user_id)
            self.devices[user_id].add(fingerprint)
            if self.is_mistaken(user_id) and not was_mistaken:
                recounted |= self.devices[user_id]
        return new, recounted


def load_identities(fingerprints: Iterable[str], user_ids: Iterable[str] = ()) -> Identities:
    """New Identities that have loaded the given visitors and users."""
    found = Identities()
    found.load(fingerprints, user_ids)
    return found
