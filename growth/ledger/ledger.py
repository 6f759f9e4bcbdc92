"""Applies a batch of facts in one transaction: stores them, then updates the derived rows.

Derived rows depend on the stored facts and the rules, never on the order in which the facts
arrived. For a fact that is newer than all others of its person, few rows are read. For a late fact,
the number of rows read grows with the number of rows changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat

from growth.attribution.conversions import Terms
from growth.attribution.facts import Cost, Deed, Event, Fact, Pageview
from growth.attribution.orders import PlacesOf
from growth.attribution.rules import Rules
from growth.database.connecting import ROOM, prove_writable
from growth.database.statements import database
from growth.database.tables.conversion import latest_change
from growth.database.tables.mark import change_state
from growth.ledger import daily, leads, persons, rejects, visitors
from growth.ledger.costs import store_costs
from growth.ledger.filing import Filing, file
from growth.ledger.histories import Affected
from growth.ledger.identity import Change, load_identities
from growth.ledger.locking import CrowdError, lock_persons
from growth.ledger.rejects import Reject
from growth.ledger.storing import Outcome, store_deeds


class Ledger:
    """Writes facts, and the rows that one set of rules derives from the facts."""

    def __init__(
        self,
        rules: Rules,
        terms: Terms,
        places_of: PlacesOf,
        clock: Callable[[], int],
        slots: int = 0,
    ) -> None:
        self.rules = rules
        self.terms = terms
        self.places_of = places_of
        self.clock = clock
        self.slots = slots

    @property
    def version(self) -> str:
        """A text that changes with the rules and with the terms of conversion (`Terms`).

        Rows that were derived under another version may be out of date.
        """
        return f"{self.rules.version}-{self.terms.version}"

    def now(self) -> int:
        """The current time, but never earlier than the latest `changed_at`."""
        return max(self.clock(), latest_change())

    def apply(self, facts: Sequence[Fact | Reject]) -> list[Outcome]:
        """Commit facts, rejects and derived rows. Return an outcome for each fact and reject."""
        outcomes: list[Outcome]
        try:
            outcomes = database.persist(lambda: self.commit(facts, alone=False))
        except CrowdError:
            outcomes = database.persist(lambda: self.commit(facts, alone=True))
        return outcomes

    def prove(self, with_room: bool) -> None:
        """Commit a test row. Raises peewee's error if the database cannot be written to.

        If `with_room` is set, the row is large, so that a nearly full disk fails the test, too.
        """
        prove_writable(database, ROOM if with_room else 1)

    def commit(self, facts: Sequence[Fact | Reject], alone: bool) -> list[Outcome]:
        """Store facts and rejects, and update the derived rows, in one transaction.

        If `alone` is set, the whole database is locked. If not, the batch's persons are locked.
        """
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
                change_state(self.derive([*deeds, *leads.store_lead_claims(deeds)], alone))
        return outcomes

    def store(self, facts: Sequence[Fact | Reject]) -> list[Outcome]:
        """Store facts and rejects. Return the outcome of each of them."""
        if refused := [each for each in facts if isinstance(each, Reject)]:
            rejects.store_rejects(refused)
        deeds = iter(store_deeds([each for each in facts if isinstance(each, Pageview | Event)]))
        costs = iter(store_costs([each for each in facts if isinstance(each, Cost)], self.rules))
        outcomes = {Pageview: deeds, Event: deeds, Cost: costs, Reject: repeat(Outcome.KEPT)}
        return [next(outcomes[type(each)]) for each in facts]

    def derive(self, stored: Sequence[Deed], alone: bool) -> int:
        """Update visits, owners, conversions and daily visits from newly stored facts.

        Daily visits are kept in several slots (see `RollupRecord`). Return the slot that was used.
        """
        news = visitors.news_of(stored)
        events = [fact for fact in stored if isinstance(fact, Event)]
        named = news.keys() | {fact.fingerprint for fact in events if fact.fingerprint is not None}
        known = load_identities(
            named, (fact.user_id for fact in stored if fact.user_id is not None)
        )
        reaches_others = visitors.store_claims(news, known)
        if reaches_others and not alone and database.has_many_writers:
            raise CrowdError  # visits of visitors that are not locked may change owners
        changes, moved = visitors.update_visitors(news, known, self.rules)
        filing = file(events, moved, known, self.terms)
        touched = affected(changes, filing, news)
        persons.update_persons(touched, self.rules, self.terms, self.places_of, self.now)
        persons.forget_idle(filing.taken)
        slot: int = database.take_slot(self.slots or database.slots)
        daily.add_visits(changes, slot)
        return slot


def affected(
    changes: Iterable[Change], filing: Filing, news: Mapping[str, visitors.News]
) -> dict[str, Affected]:
    """How the batch changed the visits and filed events of each person, by owner key."""
    found: defaultdict[str, Affected] = defaultdict(Affected)
    for old, new in changes:
        for visit in (old, new):
            if visit is not None and (visit is new or new is None or new.owner != visit.owner):
                found[visit.owner].add_visit((old, new), visit.owner, news.get(visit.fingerprint))
    for conversion in filing.taken:
        found[conversion.owner].add_event(conversion)
    for conversion in filing.put:
        found[conversion.owner].add_event(conversion)
        found[conversion.owner].filed.append(conversion)
    return dict(found)
