"""Mends three things: the daily visits, the table of their origins, and the origins of costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from peewee import chunked, fn

from growth.attribution.facts import DAY, Cost
from growth.database.statements import by_place, fields, key, number
from growth.database.tables import (
    CostRecord,
    CountryRollupRecord,
    OriginRecord,
    RollupRecord,
    VisitRecord,
)
from growth.database.tables.rollup import FIGURES, NAMES, origin_id
from growth.ledger.costs import SENT_SIZE, cost_row
from growth.ledger.ledger import Ledger
from growth.maintenance.differences import Found, Row, dicts_of, mend_rows

ORIGINS = 200
"""Number of origins to look up at once."""

NAMED = [getattr(VisitRecord, name) for name in NAMES]


def mend_days(days: Sequence[str], ledger: Ledger, write: bool) -> Found:
    """Compare the daily visits, and the table of their origins, with the visits.

    With `write`, correct both tables.
    """
    for day in map(int, days):
        yield from mend_rows(RollupRecord, stored_of(RollupRecord, day), sums_of_day(day), write)
        by_country = sums_of_day(day, "country", fn.COALESCE(VisitRecord.country, ""))
        yield from mend_rows(
            CountryRollupRecord, stored_of(CountryRollupRecord, day), by_country, write
        )
        for due in chunked(origins_of(day), ORIGINS):
            held = OriginRecord.select().where(OriginRecord.id.in_([row["id"] for row in due]))
            yield from mend_rows(OriginRecord, dicts_of(held), due, write)


def stored_of(record: Any, day: int) -> list[Row]:
    """The stored counts of a day. The counts of all slots are added up (see RollupRecord)."""
    names = [field for field in key(record) if field.name != "slot"]
    sums = [fn.SUM(getattr(record, name)).alias(name) for name in FIGURES]
    rows = record.select(*names, *sums).where(record.day == day).group_by(*names)
    return [row for row in dicts_of(rows) if any(row[name] for name in FIGURES)]


def sums_of_day(day: int, name: str = "", column: Any = None) -> Iterator[Row]:
    """The counts of a day by origin, computed from the visits of the day.

    With `column`, there is a row for each origin and each value of `column`. Each row then has the
    value of `column` under the key `name`.
    """
    more = [] if column is None else [column]
    counted = fn.COUNT(VisitRecord.digest), fn.SUM(number(VisitRecord.is_first))
    rows = visits_of(day, *more, *counted, fn.SUM(VisitRecord.pageviews))
    for row in rows.group_by(*by_place([*NAMED, *more])):
        sums = dict(zip(FIGURES, row[-len(FIGURES) :], strict=True))
        yield {"day": day, "origin": names_id(row), **({name: row[5]} if name else {}), **sums}


def origins_of(day: int) -> list[Row]:
    """The origins of the visits of a day."""
    rows = visits_of(day).distinct()
    return [{"id": names_id(row), **dict(zip(NAMES, row, strict=True))} for row in rows]


def names_id(row: Sequence[Any]) -> int:
    """The id of an origin, computed from its names, which are the first five columns of the row."""
    return origin_id((row[0], row[1], row[2], row[3], bool(row[4])))


def visits_of(day: int, *columns: Any) -> Any:
    """Select the origin's names, then `columns`, of each visit that began on a day."""
    at = VisitRecord.started_at
    rows = VisitRecord.select(*NAMED, *columns).where(at >= day * DAY, at < (day + 1) * DAY)
    return rows.tuples()


def mend_costs(days: Sequence[str], ledger: Ledger, write: bool) -> Found:
    """Compare the stored origins of costs with the origins that the ledger's rules yield.

    With `write`, correct the stored origins.
    """
    columns = [field.name for field in fields(CostRecord)]
    stored = CostRecord.select().where(CostRecord.day.in_([int(day) for day in days]))
    rows = dicts_of(stored)
    sent = [Cost(*[row[name] for name in columns[:SENT_SIZE]]) for row in rows]
    due = [dict(zip(columns, cost_row(cost, ledger.rules), strict=True)) for cost in sent]
    yield from mend_rows(CostRecord, rows, due, write)
