"""Stores each fact once. Of two contents under one id the first stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from growth.attribution.facts import Deed, Event, Pageview
from growth.database.compiled import Rows
from growth.database.statements import fields
from growth.database.tables import EventRecord, PageviewRecord
from growth.ledger.outcome import Outcome
from growth.ledger.statements import facts as statements

Name = tuple[str, str]
"""The subject of a fact, and its id; without an id, its digest."""


@dataclass(frozen=True, slots=True)
class Table:
    """The table of one kind of facts, with its statements."""

    subject: Callable[[Any], str]
    columns: Callable[[Any], tuple[Any, ...]]
    held: Rows
    insert: Rows

    def store(self, facts: Sequence[Any]) -> list[Outcome]:
        """Store facts; return the outcome of each, as if stored one by one."""
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


PAGEVIEWS = Table(
    attrgetter("fingerprint"),
    column_getter(PageviewRecord),
    statements.HELD_PAGEVIEWS,
    statements.INSERT_PAGEVIEWS,
)
EVENTS = Table(
    attrgetter("subject"),
    column_getter(EventRecord),
    statements.HELD_EVENTS,
    statements.INSERT_EVENTS,
)


def store_deeds(deeds: Sequence[Deed]) -> list[Outcome]:
    """Store pageviews and events; return the outcome of each."""
    outcomes: dict[int, Outcome] = {}
    for kind, table in ((Pageview, PAGEVIEWS), (Event, EVENTS)):
        places = [place for place, deed in enumerate(deeds) if isinstance(deed, kind)]
        found = table.store([deeds[place] for place in places])
        outcomes.update(zip(places, found, strict=True))
    return [outcomes[place] for place in range(len(deeds))]
