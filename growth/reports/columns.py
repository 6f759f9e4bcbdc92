"""The columns by which reports group and filter the rows of each table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from peewee import SQL, fn

from growth.attribution.facts import DAY, user
from growth.database.statements import by_place, rows_of
from growth.database.tables import (
    ConversionRecord,
    CountryRollupRecord,
    CreditRecord,
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
from growth.reports.owners import owners_of

CLICKED = VisitRecord.alias("clicked")
"""The table of visits under another name, for queries that join visits with credits."""
DIGEST = re.compile(r"[0-9a-f]{32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one table by which a report can group and filter.

    by_name      the column of each dimension, by the name of the dimension; also the columns
                 `fingerprint` and `user_id` if the table has them
    at           the column with the time of a row
    day          the column with the UTC day of a row, if the table has one
    owner        the column with the owner key of a row's person
    ids          two columns: the id that the sender gave, and the digest
    acquired_at  the column with the time of the person's first conversion
    """

    by_name: Mapping[str, Any]
    at: Any = None
    day: Any = None
    owner: Any = None
    ids: tuple[Any, ...] = ()
    acquired_at: Any = None

    def key(self, name: str, query: Query) -> Any:
        """The SQL expression by which rows are grouped for the dimension `name`."""
        if name in COHORTS:
            return bucket("day", self.acquired_at, replace(query, start=None, end=None))
        if name not in TIMES:
            return self.by_name[name]
        if self.day is not None and name != "hour" and query.timezone == "UTC":
            return self.day
        return bucket(name, self.at, query)

    def grouped(self, rows: Any, query: Query, *more: Any) -> Iterator[tuple[Any, ...]]:
        """Run the query `rows` with the conditions and the GROUP BY that `query` asks for.

        The first columns of `rows` must be those of `keys`.
        """
        return rows_of(rows.where(*self.kept(query)).group_by(*by_place(query.by), *more))

    def keys(self, query: Query) -> list[Any]:
        return [self.key(name, query) for name in query.by]

    def kept(self, query: Query) -> list[Any]:
        """SQL conditions that select the rows that lie in the period and pass the filters."""
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
            elif dimension in self.by_name:
                yield (one_of if is_kept else none_of)(self.by_name[dimension], values)
            elif name == "user_id":
                yield self.owner.in_([user(each) for each in values])
            elif name == "fingerprint":
                yield self.owner.in_(sorted(owners_of(values)))

    def is_named(self, value: str) -> Any:
        """An SQL condition: the row's digest, or the id that its sender gave, equals `value`."""
        fact_id, digest = self.ids
        is_digest = DIGEST.fullmatch(value) is not None
        return (fact_id == value) | (digest == value) if is_digest else fact_id == value


def one_of(column: Any, values: tuple[Any, ...]) -> Any:
    some = [value for value in values if value is not None]
    return any_of(
        condition
        for condition, is_asked in ((column.in_(some), some), (column.is_null(), None in values))
        if is_asked
    )


def none_of(column: Any, values: tuple[Any, ...]) -> Any:
    """An SQL condition: the column has none of `values`.

    NULL meets the condition, unless `values` include None.
    """
    some = [value for value in values if value is not None]
    if None not in values:
        return column.is_null() | column.not_in(some)
    return column.is_null(False) & column.not_in(some) if some else column.is_null(False)


def any_of(conditions: Any) -> Any:
    first, *more = conditions
    for each in more:
        first = first | each
    return first


def of_visits(record: Any = VisitRecord) -> Columns:
    names = (*ORIGINS, "country", "fingerprint", "user_id")
    return Columns({name: getattr(record, name) for name in names}, at=record.started_at)


def of_rollups(record: Any) -> Columns:
    """The columns of daily visits, in a query that joins them with their origins."""
    by_name = {name: getattr(OriginRecord, name) for name in NAMES}
    if record is CountryRollupRecord:
        by_name["country"] = fn.NULLIF(record.country, "")
    return Columns(by_name, day=record.day)


def of_credits(is_fine: bool) -> Columns:
    """The columns of credits, in a query that joins them with their origins.

    With `is_fine`, the query also joins the credited visits. A dimension that origins have is still
    read from the origin, because the visit may be purged. Origins are never purged.
    """
    fine = {name: getattr(CLICKED, name) for name in ORIGINS} if is_fine else {}
    by_name = fine | {name: getattr(OriginRecord, name) for name in NAMES}
    by_name["channel"] = fn.COALESCE(by_name["channel"], UNATTRIBUTED)
    by_name["country"] = CreditRecord.country
    record = CreditRecord
    acquired_at = PersonRecord.acquired_at
    return Columns(by_name, record.occurred_at, owner=record.owner, acquired_at=acquired_at)


def of_events() -> Columns:
    names = ("name", "category", "country", "session_id", "order_id", "user_id", "fingerprint")
    by_name = {name: getattr(EventRecord, name) for name in names}
    return Columns(
        by_name, at=EventRecord.created_at, ids=(EventRecord.fact_id, EventRecord.digest)
    )


def of_conversions() -> Columns:
    record = ConversionRecord
    by_name, ids = {"order_id": record.order_id}, (record.fact_id, record.digest)
    return Columns(by_name, record.occurred_at, owner=record.owner, ids=ids)


def of_pageviews() -> Columns:
    record = PageviewRecord
    by_name = {"country": record.country, "fingerprint": record.fingerprint}
    return Columns(by_name, record.created_at, ids=(record.fact_id, record.digest))
