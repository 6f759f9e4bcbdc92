"""Views of tables for reports: the columns of dimensions, and the conditions of filters."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from peewee import SQL, fn

from growth.attribution.facts import DAY, owner_key, user, visitor
from growth.database.statements import by_place, rows_of
from growth.database.tables import (
    ConversionRecord,
    CountryRollupRecord,
    CreditRecord,
    DeviceRecord,
    EventRecord,
    OriginRecord,
    PageviewRecord,
    PersonRecord,
    VisitRecord,
)
from growth.database.tables.rollup import NAMES
from growth.query.filters import UNATTRIBUTED
from growth.query.query import Query
from growth.query.words import COHORTS, ORIGINS, TIMES, without_sign
from growth.reports.buckets import bucket

CLICKED = VisitRecord.alias("clicked")
"""The visits that are joined with credits."""
DIGEST = re.compile(r"[0-9a-f]{32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class View:
    """The columns of a table that reports need.

    columns      dimension → column; also `fingerprint` and `user_id` if the table has them
    at           the instant of a row
    day          the UTC day of a row, if the table has it
    owner        the person of a row
    ids          the id that the sender gave, and the digest
    acquired_at  the time of the person's first conversion
    """

    columns: Mapping[str, Any]
    at: Any = None
    day: Any = None
    owner: Any = None
    ids: tuple[Any, ...] = ()
    acquired_at: Any = None

    def key(self, name: str, query: Query) -> Any:
        """The expression to group by for a dimension."""
        if name in COHORTS:
            return bucket("day", self.acquired_at, replace(query, start=None, end=None))
        if name not in TIMES:
            return self.columns[name]
        if self.day is not None and name != "hour" and query.timezone == "UTC":
            return self.day
        return bucket(name, self.at, query)

    def grouped(self, rows: Any, query: Query, *more: Any) -> Iterator[tuple[Any, ...]]:
        """Filter the rows and group them by the dimensions, which are their first columns."""
        return rows_of(rows.where(*self.kept(query)).group_by(*by_place(query.by), *more))

    def keys(self, query: Query) -> list[Any]:
        return [self.key(name, query) for name in query.by]

    def kept(self, query: Query) -> list[Any]:
        """The conditions for rows in the period that pass the filters."""
        return [*self.within(query), *self.filtered(query)] or [SQL("1 = 1")]

    def within(self, query: Query) -> Iterator[Any]:
        start, end = query.start, query.end
        if self.day is not None:
            if start is not None:
                yield self.day >= start // DAY
            if end is not None:
                yield self.day <= (end - 1) // DAY
            start, end = (edge if edge and edge % DAY else None for edge in (start, end))
        if start is not None:
            yield self.at >= start
        if end is not None:
            yield self.at < end

    def filtered(self, query: Query) -> Iterator[Any]:
        for name, values in query.filters.items():
            dimension, is_kept = without_sign(name), not name.endswith("!")
            if dimension in (*TIMES, *COHORTS):
                at = self.acquired_at if dimension in COHORTS else self.at
                found = any_of((at >= first) & (at < after) for first, after in values)
                yield found if is_kept else ~found
            elif name == "id":
                yield any_of(self.is_named(each) for each in values)
            elif dimension in self.columns:
                yield (one_of if is_kept else none_of)(self.columns[dimension], values)
            elif name == "user_id":
                yield self.owner.in_([user(each) for each in values])
            elif name == "fingerprint":
                yield self.owner.in_(sorted(owners_of(values)))

    def is_named(self, value: str) -> Any:
        """Whether `value` is the id that was sent for a row, or the row's digest."""
        fact_id, digest = self.ids
        is_digest = DIGEST.fullmatch(value) is not None
        return (fact_id == value) | (digest == value) if is_digest else fact_id == value


def owners_of(fingerprints: Collection[str]) -> set[str]:
    """The owners of visitors: the owners of their visits, claims and conversions.

    A visitor with none of these is its own owner.
    """
    if not fingerprints:
        return set()
    visits, devices = (
        record.select(record.fingerprint, record.user_id).where(
            record.fingerprint.in_(fingerprints)
        )
        for record in (VisitRecord, DeviceRecord)
    )
    filed = ConversionRecord.select(ConversionRecord.fingerprint, ConversionRecord.owner).where(
        ConversionRecord.fingerprint.in_(fingerprints)
    )
    found = {(name, owner_key(name, user_id)) for name, user_id in visits.union(devices).tuples()}
    found |= set(filed.distinct().tuples())
    strangers = set(fingerprints) - {name for name, _ in found}
    return {owner for _, owner in found} | set(map(visitor, strangers))


def one_of(column: Any, values: tuple[Any, ...]) -> Any:
    some = [value for value in values if value is not None]
    return any_of(
        condition
        for condition, is_asked in ((column.in_(some), some), (column.is_null(), None in values))
        if is_asked
    )


def none_of(column: Any, values: tuple[Any, ...]) -> Any:
    """Whether a column has none of `values`. A null passes unless `values` include None."""
    some = [value for value in values if value is not None]
    if None not in values:
        return column.is_null() | column.not_in(some)
    return column.is_null(False) & column.not_in(some) if some else column.is_null(False)


def any_of(conditions: Any) -> Any:
    first, *more = conditions
    for each in more:
        first = first | each
    return first


def of_visits(record: Any = VisitRecord) -> View:
    names = (*ORIGINS, "country", "fingerprint", "user_id")
    return View({name: getattr(record, name) for name in names}, at=record.started_at)


def of_rollups(record: Any) -> View:
    """Daily visits joined with their origins."""
    columns = {name: getattr(OriginRecord, name) for name in NAMES}
    if record is CountryRollupRecord:
        columns["country"] = fn.NULLIF(record.country, "")
    return View(columns, day=record.day)


def of_credits(is_fine: bool) -> View:
    """Credits joined with their origins. With `is_fine`, they are also joined with their visits.

    A credited visit may be purged, while its origin stays. So a dimension is read from the origin
    if the origin has it.
    """
    fine = {name: getattr(CLICKED, name) for name in ORIGINS} if is_fine else {}
    columns = fine | {name: getattr(OriginRecord, name) for name in NAMES}
    columns["channel"] = fn.COALESCE(columns["channel"], UNATTRIBUTED)
    columns["country"] = CreditRecord.country
    record = CreditRecord
    acquired_at = PersonRecord.acquired_at
    return View(columns, record.occurred_at, owner=record.owner, acquired_at=acquired_at)


def of_events() -> View:
    names = ("name", "category", "country", "session_id", "order_id", "user_id", "fingerprint")
    columns = {name: getattr(EventRecord, name) for name in names}
    return View(columns, at=EventRecord.created_at, ids=(EventRecord.fact_id, EventRecord.digest))


def of_conversions() -> View:
    record = ConversionRecord
    columns, ids = {"order_id": record.order_id}, (record.fact_id, record.digest)
    return View(columns, record.occurred_at, owner=record.owner, ids=ids)


def of_pageviews() -> View:
    record = PageviewRecord
    columns = {"country": record.country, "fingerprint": record.fingerprint}
    return View(columns, record.created_at, ids=(record.fact_id, record.digest))
