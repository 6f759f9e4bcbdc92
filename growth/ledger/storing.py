"""Stores each pageview and event once. Of two with the same subject and id, the first is stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from operator import attrgetter
from typing import Any

from growth.attribution.facts import Deed, Event, Pageview
from growth.database.compiled import Rows, inserted, parameter_rows, select_joined
from growth.database.statements import fields
from growth.database.tables import EventRecord, PageviewRecord

Name = tuple[str, str]
"""The subject of a fact, and the fact's id or, without an id, its digest."""


class Outcome(Enum):
    """What became of a fact. For the sender, only CONFLICT and REFUSED are errors."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REFUSED = "refused"
    """The database cannot store the fact."""
    KEPT = "kept"
    """The item is a reject, and it is stored."""


@dataclass(frozen=True, slots=True)
class Table:
    """The table of one kind of facts, with its statements."""

    subject: Callable[[Any], str]
    columns: Callable[[Any], tuple[Any, ...]]
    held: Rows
    insert: Rows

    def store(self, facts: Sequence[Any]) -> list[Outcome]:
        """Store the facts. The outcomes are the same as if the facts were stored one by one."""
        names = [(self.subject(fact), fact.fact_id or fact.digest) for fact in facts]
        held = {row[:2]: row[2] for row in self.held.all(sorted(set(names)))}
        first: dict[Name, Any] = {}
        for name, fact in zip(names, facts, strict=True):
            if name not in held:
                first.setdefault(name, fact)
        new = sorted(map(self.columns, first.values()))
        stored = set(self.insert.all(new))
        outcomes = []
        for name, fact in zip(names, facts, strict=True):
            if first.get(name) is fact and self.key(fact) in stored:
                outcomes.append(Outcome.STORED)
            else:
                known = held[name] if name in held else first[name].digest
                is_same = known == fact.digest
                outcomes.append(Outcome.DUPLICATE if is_same else Outcome.CONFLICT)
        return outcomes

    def key(self, fact: Any) -> tuple[str, int, str]:
        return self.subject(fact), fact.created_at, fact.digest


def column_getter(record: Any) -> Callable[[Any], tuple[Any, ...]]:
    return attrgetter(*(field.name for field in fields(record)))


def held_facts(record: Any, subject: Any) -> Any:
    """A query for stored facts. Its parameters are pairs of a subject and an id."""
    given = parameter_rows("subject", "fact_id")
    is_named = (subject == given.c.subject) & (record.fact_id == given.c.fact_id)
    return select_joined(given, record, is_named, subject, record.fact_id, record.digest)


def insert_new(record: Any, subject: Any) -> Any:
    """A statement that inserts facts and returns their keys.

    It leaves out a fact whose key, or whose subject and id, are already stored.
    """
    insert = inserted(record).on_conflict(action="nothing")
    return insert.returning(subject, record.created_at, record.digest)


PAGEVIEWS = Table(
    attrgetter("fingerprint"),
    column_getter(PageviewRecord),
    Rows(lambda: held_facts(PageviewRecord, PageviewRecord.fingerprint)),
    Rows(lambda: insert_new(PageviewRecord, PageviewRecord.fingerprint)),
)
EVENTS = Table(
    attrgetter("subject"),
    column_getter(EventRecord),
    Rows(lambda: held_facts(EventRecord, EventRecord.subject)),
    Rows(lambda: insert_new(EventRecord, EventRecord.subject)),
)


def store_deeds(deeds: Sequence[Deed]) -> list[Outcome]:
    """Store pageviews and events. Return their outcomes in the order of `deeds`."""
    outcomes: dict[int, Outcome] = {}
    for kind, table in ((Pageview, PAGEVIEWS), (Event, EVENTS)):
        places = [place for place, deed in enumerate(deeds) if isinstance(deed, kind)]
        found = table.store([deeds[place] for place in places])
        outcomes.update(zip(places, found, strict=True))
    return [outcomes[place] for place in range(len(deeds))]
