"""Stores claims of users on visitors, and finds the owners of visits and events (rule 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from growth.attribution.facts import Claim, Event, user, visitor
from growth.attribution.identity import (
    CLIENT_MISTAKE,
    SHARED_TERMINAL,
    owner_of_event,
    owner_of_visit,
)
from growth.attribution.visits import VISIT_TIMEOUT, Visit
from growth.database.tables.visit import from_row
from growth.ledger.statements import identity as identities
from growth.ledger.statements import visitors as statements

Pair = tuple[str, str]
"""A visitor, and a user who claimed the visitor."""


@dataclass
class Identities:
    """The users who claimed each visitor, and the visitors that each user claimed.

    At most SHARED_TERMINAL + 1 users of a visitor are loaded, and at most CLIENT_MISTAKE + 1
    visitors of a user. One more than a limit of rule 6 shows that the limit is passed.
    """

    users: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    devices: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def load(self, fingerprints: Iterable[str], user_ids: Iterable[str] = ()) -> None:
        """Load the users of the visitors, and the visitors that they or `user_ids` claimed."""
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
        """The users whose claims on the visitor also count for visits without a claim (rule 6)."""
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
        """Store claims on visitors. The users of these visitors must be loaded already.

        Return the new pairs, and the visitors for which these claims pass a limit of rule 6.
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
    """Return Identities with these visitors and users loaded."""
    found = Identities()
    found.load(fingerprints, user_ids)
    return found


Change = tuple[Visit | None, Visit | None]
"""A visit before the batch (None if the visit is new) and after it (None if it is deleted)."""

Stretch = tuple[str, int, int]
"""A visitor, and the first and the last instant of a period."""


def claims_near(stretches: Iterable[Stretch], known: Identities) -> dict[Stretch, list[Claim]]:
    """For each stretch, the claims that may decide who owns visits in it, sorted by time.

    The claims are the last before the stretch, the first in the stretch, and the first after the
    stretch. Outside the stretch, claims of a user with too many visitors do not count (rule 6). If
    a user with too many visitors claimed the visitor, the last claim before the stretch and the
    first claim after it are also found for each of the visitor's other users.
    """
    asked = sorted(set(stretches))
    instants: dict[Stretch, set[int]] = {}
    for *stretch, before, since, after in identities.NEAREST_CLAIMS.all(asked):
        instants[stretch[0], stretch[1], stretch[2]] = {before, since, after} - {None}
    joining = [
        (fingerprint, user_id, start, end)
        for fingerprint, start, end in asked
        if known.mistaken(fingerprint)
        for user_id in sorted(known.joining(fingerprint))
    ]
    for fp, _, start, end, before, _, after in identities.NEAREST_CLAIMS_OF_USER.all(joining):
        instants[fp, start, end] |= {before, after} - {None}
    at = {(stretch[0], each) for stretch, found in instants.items() for each in found}
    claims: defaultdict[tuple[str, int], list[Claim]] = defaultdict(list)
    for fingerprint, created_at, user_id in identities.CLAIMS_AT.all(sorted(at)):
        claims[fingerprint, created_at].append(Claim(created_at, user_id))
    return {
        stretch: sorted(claim for each in found for claim in claims[stretch[0], each])
        for stretch, found in instants.items()
    }


def owned(changes: Sequence[Change], known: Identities) -> list[Change]:
    """The changes, with the owner of each visit set. Visits that did not change are left out."""
    new = [visit for _, visit in changes if visit is not None and known.users[visit.fingerprint]]
    claims = claims_near(map(claimed_during, new), known)
    joining = {visit.fingerprint: known.joining(visit.fingerprint) for visit in new}

    def with_owner(visit: Visit | None) -> Visit | None:
        if visit is None:
            return None
        near = claims.get(claimed_during(visit), [])
        owner = owner_of_visit(visit, near, joining.get(visit.fingerprint, ()))
        return visit if visit.owner == owner else replace(visit, owner=owner)

    found = [(old, with_owner(visit)) for old, visit in changes]
    return [(old, visit) for old, visit in found if old != visit]


def claimed_during(visit: Visit) -> Stretch:
    """The period from a visit's start to 30 minutes after its end.

    The first claim in this period decides who owns the visit.
    """
    return visit.fingerprint, visit.started_at, visit.last_at + VISIT_TIMEOUT


def owners_of_events(events: Sequence[Event], known: Identities) -> dict[str, str]:
    """The owner key of each event. The keys are the digests of the events.

    `known` must have loaded the users of the events' visitors.
    """
    anonymous = [each for each in events if each.user_id is None and each.fingerprint is not None]
    latest = latest_visits((str(each.fingerprint), each.created_at) for each in anonymous)
    early = [each for each in anonymous if (each.fingerprint, each.created_at) not in latest]
    purged = purged_owners(str(each.fingerprint) for each in early)
    claims = claims_near(
        (stretch_of(each) for each in early if known.users[str(each.fingerprint)]), known
    )
    owners = {each.digest: user(each.user_id) for each in events if each.user_id is not None}
    for event in anonymous:
        fingerprint = str(event.fingerprint)
        visit = latest.get((fingerprint, event.created_at))
        if visit is None and purged.get(fingerprint):
            owners[event.digest] = user(purged[fingerprint])
            continue
        near = claims.get(stretch_of(event), [])
        joining = known.joining(fingerprint)
        owners[event.digest] = owner_of_event(fingerprint, event.created_at, visit, near, joining)
    return owners


def stretch_of(event: Event) -> Stretch:
    """The 30 minutes from an event on.

    If no visit precedes the event, the first claim in this period decides who owns the event.
    """
    return str(event.fingerprint), event.created_at, event.created_at + VISIT_TIMEOUT


def latest_visits(instants: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Visit]:
    """For each visitor and instant, the last visit that began at or before the instant."""
    rows = statements.LATEST_VISIT.all(sorted(set(instants)))
    return {(row[1], row[0]): from_row(row[1:]) for row in rows}


def purged_owners(fingerprints: Iterable[str]) -> dict[str, str]:
    """The user_id of the owner of each visitor's last purged visit. "" if no user owned it."""
    subjects = {visitor(each): each for each in fingerprints}
    rows = identities.REMNANTS.all([(each,) for each in sorted(subjects)])
    return {subjects[subject]: user_id for subject, kind, user_id, _ in rows if kind == "visit"}
