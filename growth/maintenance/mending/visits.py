"""Mends visits and their owners. Then mends conversions: files each event under its owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from peewee import fn

from growth.attribution.facts import BEGINNING, Event, fingerprint_of
from growth.attribution.fold import Fold
from growth.attribution.visits import Visit
from growth.database.statements import fields
from growth.database.tables import EventRecord, VisitRecord
from growth.database.tables.visit import from_row, visit_row
from growth.ledger import daily, visitors
from growth.ledger.filing import name_of, stored_conversions, take
from growth.ledger.identity import (
    Identities,
    load_identities,
    owned,
    owners_of_events,
    purged_owners,
)
from growth.ledger.ledger import Ledger
from growth.ledger.records import Conversion, filed
from growth.ledger.replaying import load_pages
from growth.ledger.statements.persons import UPSERT_CONVERSIONS
from growth.maintenance.differences import Difference, Found

ALL = 2**40
"""More pageviews than any visitor has, so a limit of ALL means no limit."""


def mend_visits(subjects: Sequence[str], ledger: Ledger, write: bool) -> Found:
    """Compare the stored visits of the subjects with their pageviews, then call `file_anew`.

    With `write`, correct the stored visits.
    """
    names = [name for each in subjects if (name := fingerprint_of(each)) is not None]
    known = load_identities(names)
    old, new = stored_visits(names), derived_visits(names, ledger)
    pairs = [(old.get(each), new.get(each)) for each in {**old, **new}]
    changes = [each for each in owned(pairs, known) if not is_same(*each)]
    for before, after in changes:
        held, due = (visit_row(visit) if visit else None for visit in (before, after))
        one: Any = before or after
        yield Difference("visits", (one.fingerprint, one.started_at, one.digest), held, due)
    if write:
        daily.add_visits(visitors.save_visits(changes), slot=0)
    yield from file_anew(subjects, known, ledger, write)


def is_same(old: Visit | None, new: Visit | None) -> bool:
    """Whether two visits are equal. The version of the rules that derived them may differ."""
    return bool(old and new and replace(new, rules=old.rules) == old)


Key = tuple[str, str]
"""The key of a visit: the fingerprint of its visitor, and the digest of its first pageview."""


def stored_visits(names: Sequence[str]) -> dict[Key, Visit]:
    rows = VisitRecord.select(*fields(VisitRecord)).where(VisitRecord.fingerprint.in_(names))
    return {(visit.fingerprint, visit.digest): visit for visit in map(from_row, rows.tuples())}


def derived_visits(names: Sequence[str], ledger: Ledger) -> dict[Key, Visit]:
    pages = load_pages([(name, BEGINNING) for name in names], ALL)
    purged = purged_owners(names)
    found: dict[Key, Visit] = {}
    for name in names:
        fold = Fold(None, BEGINNING, (), ledger.rules, name in purged)
        visits = fold.run(pages[name], late=(), until=0).new
        found |= {(name, digest): visit for digest, visit in visits.items()}
    return found


def file_anew(subjects: Sequence[str], known: Identities, ledger: Ledger, write: bool) -> Found:
    """Compare the stored conversions with the events of the subjects.

    With `write`, correct the conversions.
    """
    event = EventRecord
    rows = event.select(*fields(event, of=Event)).where(
        event.subject.in_(subjects), fn.LOWER(event.name).in_(list(ledger.terms.tracked))
    )
    events = [
        each for each in (Event(*row) for row in rows.tuples()) if name_of(each, ledger.terms)
    ]
    owners = owners_of_events(events, known)
    held = stored_conversions([each.digest for each in events])
    moved: list[Conversion] = []
    for each in events:
        due = filed(each, name_of(each, ledger.terms) or "", owners[each.digest])
        old = held.get(each.digest)
        if old is None or sent(old) != sent(due):
            stored = old._asdict() if old else None
            yield Difference("conversions", (each.digest,), stored, due._asdict())
            moved.append(due._replace(revision=old.revision if old else 0))
    if write:
        take([held[each.digest] for each in moved if each.digest in held])
        UPSERT_CONVERSIONS.run(sorted(moved))


def sent(conversion: Conversion) -> tuple[object, ...]:
    """The owner of a conversion, and the columns that are copied from its event."""
    return tuple(getattr(conversion, name) for name in SENT)


SENT = ("owner", "occurred_at", "event", "fingerprint", "fact_id", "order_id", "sent_value",
        "sent_currency")  # fmt: skip
