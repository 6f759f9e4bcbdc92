"""Derives one unit anew from the facts and compares it with what is stored, or mends it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import starmap
from typing import Any

from peewee import Value, chunked

from growth.attribution.facts import Cost, Event, fingerprint_of, visitor
from growth.attribution.fold import Fold
from growth.database.statements import fields, key, values
from growth.database.tables import (
    ClaimRecord,
    ConversionRecord,
    CostRecord,
    CountryRollupRecord,
    CreditRecord,
    DeviceRecord,
    EventRecord,
    OriginRecord,
    PageviewRecord,
    PersonRecord,
    RemnantRecord,
    RollupRecord,
)
from growth.database.tables import rollup as rollups
from growth.database.tables.visit import row_of
from growth.ledger import Ledger, claims, conversions, history, owner_of, sums, visitors
from growth.ledger.changes import Changes
from growth.ledger.conversions import Conversion
from growth.ledger.costs import row_of as row_of_cost
from growth.ledger.history import BEGINNING
from growth.maintenance.differences import Difference, Found, Row, told

SUMS: dict[Any, Callable[[int], list[Row]]] = {
    RollupRecord: sums.sums_of_day,
    CountryRollupRecord: sums.country_sums_of_day,
}
"""What the rows of a day must be."""

ORIGINS = 200
"""Names that are looked up at once."""


class Mending:
    """Compares under the rules of a ledger; writes what differs unless `write` is off."""

    def __init__(self, ledger: Ledger, write: bool) -> None:
        self.ledger = ledger
        self.write = write

    def claims(self, subject: str) -> Found:
        """The claims on a visitor, and the users they are by."""
        if (fingerprint := fingerprint_of(subject)) is None:
            return
        columns = ClaimRecord.fingerprint, ClaimRecord.created_at, ClaimRecord.user_id
        stored = rows_of(ClaimRecord.select(*columns).where(columns[0] == fingerprint))
        derived = claimed(fingerprint)
        yield from self.mend(ClaimRecord, stored, derived)
        devices = DeviceRecord.select().where(DeviceRecord.fingerprint == fingerprint)
        users = {row["user_id"] for row in derived}
        pairs = [{"user_id": user_id, "fingerprint": fingerprint} for user_id in users]
        yield from self.mend(DeviceRecord, rows_of(devices), pairs)

    def visits(self, subject: str) -> Found:
        """The visits of a visitor with their owners, and the owners of the subject's events."""
        if (fingerprint := fingerprint_of(subject)) is not None:
            yield from self.visits_of(fingerprint)
        events = EventRecord.select(*fields(EventRecord, of=Event)).where(
            EventRecord.subject == subject,
            EventRecord.name.in_(sorted(self.ledger.attributor.tracked)),
        )
        for event in [Event(*row) for row in events.tuples()]:
            owner, stored = owner_of(event), conversions.filed_under(event)
            if owner != stored:
                held = None if stored is None else {"owner": stored}
                yield Difference("conversions", (event.digest,), held, {"owner": owner})
                if self.write:
                    conversions.file(event, owner)

    def visits_of(self, fingerprint: str) -> Found:
        pages = history.pages_from(fingerprint, BEGINNING)
        is_known = history.purged_owner(fingerprint) is not None
        fold = Fold(None, BEGINNING, (), self.ledger.rules, is_known)
        derived = fold.run(pages, late=(), until=0).new
        stored = {visit.digest: visit for visit in history.visits_from(fingerprint, BEGINNING)}
        pairs = [(stored.get(each), derived.get(each)) for each in {**stored, **derived}]
        joining = claims.joining_users(fingerprint)
        changes = visitors.own(fingerprint, pairs, joining)
        for old, new in changes:
            if old and new and replace(new, rules=old.rules) == old:
                continue  # other rules came to the same
            held, due = (row_of(visit) if visit else None for visit in (old, new))
            one = old or new
            assert one is not None  # a change has one side at least
            yield Difference("visits", (fingerprint, one.started_at, one.digest), held, due)
        if self.write:
            sums.add(visitors.write(changes))

    def conversions(self, owner: str) -> Found:
        """Which events of a person convert, and which clicks earn the credit."""
        for stray in strays(owner):
            yield Difference("conversions", (owner, stray.digest), values(stray), None)
            if self.write:
                conversions.remove(stray)
        yield from self.credits(owner)
        stored = rows_of(PersonRecord.select().where(PersonRecord.owner == owner))
        yield from self.mend(PersonRecord, stored, sums.sums_of_person(owner))
        changes = Changes()
        for verdict in list(self.ledger.attributor.verdicts(owner)):
            if verdict.differs:
                yield from told(verdict)
                if self.write:
                    verdict.write(changes)
        changes.mark(self.ledger.now)

    def credits(self, owner: str) -> Found:
        """The credits of a person that belong to no conversion."""
        known = ConversionRecord.select(ConversionRecord.digest).where(
            ConversionRecord.owner == owner
        )
        stray = (CreditRecord.owner == owner) & CreditRecord.conversion.not_in(known)
        for row in rows_of(CreditRecord.select().where(stray)):
            yield Difference("credits", (owner, row["conversion"], row["model"]), row, None)
        if self.write:
            CreditRecord.delete().where(stray).execute()

    def rollups(self, day: str) -> Found:
        """The sums of a day, and the names they are found under."""
        for record, derive in SUMS.items():
            yield from self.mend(record, stored_of_day(record, int(day)), derive(int(day)))
        for due in chunked(sums.origins_of_day(int(day)), ORIGINS):
            held = OriginRecord.select().where(OriginRecord.id.in_([row["id"] for row in due]))
            yield from self.mend(OriginRecord, rows_of(held), due)

    def costs(self, day: str) -> Found:
        """The channels of what was spent on a day."""
        told = CostRecord.select(*fields(CostRecord, of=Cost)).where(CostRecord.day == int(day))
        derived = [row_of_cost(Cost(*row), self.ledger.rules) for row in told.tuples()]
        stored = CostRecord.select().where(CostRecord.day == int(day))
        yield from self.mend(CostRecord, rows_of(stored), derived)

    def mend(self, record: Any, stored: Iterable[Row], derived: Iterable[Row]) -> Found:
        """Make the stored rows of a record the derived ones."""
        names = [field.name for field in key(record) if field.name != "slot"]
        old, new = (
            {tuple(row[n] for n in names): row for row in rows} for rows in (stored, derived)
        )
        for each in sorted({**old, **new}):
            if old.get(each) == new.get(each):
                continue
            yield Difference(record.table, each, old.get(each), new.get(each))
            if self.write:
                same = [getattr(record, n) == value for n, value in zip(names, each, strict=True)]
                record.delete().where(*same).execute()
            if self.write and each in new:
                record.insert(new[each]).execute()


def stored_of_day(record: Any, day: int) -> list[Row]:
    """The sums of a day as they are stored, all slots together."""
    rows = sums.of_all_slots(record, record.day == day)
    return [row for row in rows_of(rows) if any(row[name] for name in rollups.FIGURES)]


def claimed(fingerprint: str) -> list[Row]:
    """The claims on a visitor that its facts make, or made before they were purged."""
    pages, events = PageviewRecord, EventRecord
    of_pages = pages.select(pages.fingerprint, pages.created_at, pages.user_id).where(
        pages.fingerprint == fingerprint, pages.user_id.is_null(False), ~pages.is_bot
    )
    of_events = events.select(events.fingerprint, events.created_at, events.user_id).where(
        events.subject == visitor(fingerprint), events.user_id.is_null(False)
    )
    left, name = RemnantRecord, Value(fingerprint).alias("fingerprint")
    of_remnants = left.select(name, left.created_at, left.user_id).where(
        left.subject == visitor(fingerprint), left.kind == "claim"
    )
    return rows_of(of_pages.union(of_events).union(of_remnants))


def strays(owner: str) -> list[Conversion]:
    """Conversions of the person whose event is not stored."""
    rows = ConversionRecord.select(*fields(ConversionRecord)).where(ConversionRecord.owner == owner)
    return [each for each in starmap(Conversion, rows.tuples()) if not has_event(each)]


def has_event(conversion: Conversion) -> bool:
    known = conversion.fingerprint
    found: bool = (
        EventRecord.select()
        .where(
            EventRecord.subject == (conversion.owner if known is None else visitor(known)),
            EventRecord.created_at == conversion.occurred_at,
            EventRecord.digest == conversion.digest,
        )
        .exists()
    )
    return found


def rows_of(query: Any) -> list[Row]:
    return list(query.dicts())
