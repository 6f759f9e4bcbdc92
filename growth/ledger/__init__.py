"""Applies a batch of facts in one transaction: stores them, then brings what is derived up to date.

The truth is a function of the facts stored and the rules in force, never of the order of arrival.
A fact that is the newest of its person costs a few steps; a late one costs as many as it changes.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence

from growth.attribution.facts import Claim, Cost, Deed, Event, Fact, Pageview, user
from growth.attribution.identity import CLIENT_MISTAKE, SHARED_TERMINAL
from growth.attribution.rules import Rules
from growth.database.connecting import prove_writable
from growth.database.statements import database
from growth.database.tables import conversion as filed_conversions
from growth.database.tables import identity
from growth.database.tables.mark import change_state
from growth.ledger import conversions, costs, leads, newest, sums, visitors
from growth.ledger.changes import Changes
from growth.ledger.locking import CrowdError, lock_persons
from growth.ledger.outcome import Outcome
from growth.ledger.persons import Attributor
from growth.ledger.storing import store_all
from growth.ledger.touched import Touched
from growth.ledger.visitors import News
from growth.rejects import store as rejects
from growth.rejects.store import Reject


def now_us() -> int:
    """The clock: microseconds since 1970 UTC."""
    return time.time_ns() // 1_000


class Ledger:
    """Writes facts and all that follows from them, under one set of rules."""

    def __init__(
        self,
        rules: Rules,
        attributor: Attributor,
        clock: Callable[[], int] = now_us,
        slots: int = 0,
    ) -> None:
        self.rules = rules
        self.attributor = attributor
        self.clock = clock
        self.slots = slots

    @property
    def version(self) -> str:
        """Of the rules in force: it changes when what is derived may."""
        return f"{self.rules.version}-{self.attributor.version}"

    def now(self) -> int:
        """The instant to mark changes with: never before an earlier mark, whatever the clock."""
        return max(self.clock(), filed_conversions.latest_change())

    def apply(self, facts: Sequence[Fact | Reject]) -> list[Outcome]:
        """Commit the facts, attributed, and the rejects; say what became of each."""
        outcomes: list[Outcome]
        try:
            outcomes = database.persist(lambda: self.commit(facts, alone=False))
        except CrowdError:
            outcomes = database.persist(lambda: self.commit(facts, alone=True))
        return outcomes

    def prove(self) -> None:
        """Commit some pages and take them back. Raises OperationalError if that cannot be now."""
        prove_writable(database)

    def commit(self, facts: Sequence[Fact | Reject], alone: bool) -> list[Outcome]:
        """Do so in one transaction; `alone` in the database, or beside others of other persons."""
        with database.atomic("EXCLUSIVE" if alone else "IMMEDIATE"):
            if not alone:
                lock_persons([*facts, *leads.claims_in(facts)])
            outcomes = self.store(facts)
            stored = [
                fact
                for fact, outcome in zip(facts, outcomes, strict=True)
                if outcome is Outcome.STORED and not isinstance(fact, Reject)
            ]
            if stored:
                deeds = [fact for fact in stored if not isinstance(fact, Cost)]
                change_state(self.derive([*deeds, *leads.store_claims(deeds)], alone))
        return outcomes

    def store(self, facts: Sequence[Fact | Reject]) -> list[Outcome]:
        """Store each fact once, and the rejects."""
        if refused := [each for each in facts if isinstance(each, Reject)]:
            rejects.store(refused)
        deeds = iter(store_all([each for each in facts if isinstance(each, Pageview | Event)]))
        return [
            Outcome.KEPT
            if isinstance(each, Reject)
            else costs.store(each, self.rules)
            if isinstance(each, Cost)
            else next(deeds)
            for each in facts
        ]

    def derive(self, stored: Sequence[Deed], alone: bool) -> int:
        """Bring visits, owners, sums and conversions up to date with newly stored facts.

        Returns the slot that the sums went to.
        """
        touched, changes = Touched(), Changes()
        filed = [fact for fact in stored if isinstance(fact, Event)]
        found = news_of(stored)
        if not alone and database.has_many_writers and any(n.is_recounted for n in found.values()):
            raise CrowdError  # of all visitors of the users, and of all users of these
        simple = newest.update(found, self.rules)
        for fingerprint, news in sorted(found.items()):
            if fingerprint in simple:
                touched.add_visits(simple[fingerprint], news)
                continue
            changed, moved = visitors.update(fingerprint, news, self.rules)
            touched.add_visits(changed, news)
            filed += moved
        slot: int = database.take_slot(self.slots or database.slots)
        sums.add(touched.changes, slot)
        for event in filed:
            if event.name in self.attributor.tracked:
                touched.add_event(event, conversions.file(event, owner_of(event)))
        for (owner,) in sorted(filed_conversions.OWNERS.rows([(p,) for p in touched.persons])):
            self.attributor.attribute(owner, touched.persons[owner], changes)
        changes.mark(self.now)
        return slot


def owner_of(event: Event) -> str:
    return visitors.owner_of(event) if event.user_id is None else user(event.user_id)


def news_of(stored: Sequence[Deed]) -> dict[str, News]:
    """What the facts bring for each visitor; bots are left out (rule 11)."""
    found: defaultdict[str, News] = defaultdict(News)
    for fact in stored:
        if isinstance(fact, Pageview):
            if fact.is_bot:
                continue
            found[fact.fingerprint].pages.append(fact)
        if fact.fingerprint is not None and fact.user_id is not None:
            found[fact.fingerprint].claims.append(Claim(fact.created_at, fact.user_id))
            for fingerprint in claim(fact.fingerprint, fact.created_at, fact.user_id):
                found[fingerprint].is_recounted = True
    return found


def claim(fingerprint: str, created_at: int, user_id: str) -> list[str]:
    """Store a claim; return the visitors whom it makes seem shared, or claimed by mistake."""
    identity.INSERT_CLAIM.run(fingerprint=fingerprint, created_at=created_at, user_id=user_id)
    if not identity.INSERT_DEVICE.run(fingerprint=fingerprint, user_id=user_id).rowcount:
        return []
    shared: list[str] = []
    users = identity.USERS.rows(fingerprint=fingerprint, size=SHARED_TERMINAL + 2)
    if len(users) == SHARED_TERMINAL + 1:
        shared.append(fingerprint)
    devices = identity.FINGERPRINTS.rows(user_id=user_id, size=CLIENT_MISTAKE + 2)
    if len(devices) == CLIENT_MISTAKE + 1:
        shared += [device for (device,) in devices]
    return shared
