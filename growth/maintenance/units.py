"""Lists and counts the units of a rebuild: subjects, persons and days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import fn

from growth.attribution.facts import DAY, fingerprint_of, visitor
from growth.database.tables import (
    ClaimRecord,
    ConversionRecord,
    CostRecord,
    CountryRollupRecord,
    CreditRecord,
    DeviceRecord,
    EventRecord,
    PageviewRecord,
    PersonRecord,
    RollupRecord,
    VisitRecord,
)

BEFORE_ALL_DAYS = date.min.toordinal() - date(1970, 1, 1).toordinal() - 1


@dataclass(frozen=True, slots=True)
class Units:
    """Lists and counts the units of one kind.

    `after(unit, size)` lists in order up to `size` units that follow `unit`. If `unit` is "", it
    lists the first units. `count()` returns the approximate number of units.
    """

    after: Callable[[str, int], list[str]]
    count: Callable[[], int]


def subjects_after(after: str, size: int) -> list[str]:
    """The subjects of facts: users as `u:…`, then visitors as `v:…`."""
    fingerprint = fingerprint_of(after) or ""
    found = {
        visitor(each)
        for record in (PageviewRecord, VisitRecord, ClaimRecord, DeviceRecord)
        for each in distinct_after(record.fingerprint, fingerprint, size)
    }
    found.update(distinct_after(EventRecord.subject, after, size))
    return sorted(found)[:size]


def owners_after(after: str, size: int) -> list[str]:
    """The persons with a row in `persons`, `conversions` or `credits`."""
    found = {
        each
        for record in (PersonRecord, ConversionRecord, CreditRecord)
        for each in distinct_after(record.owner, after, size)
    }
    return sorted(found)[:size]


def days_after(after: str, size: int) -> list[str]:
    """The days on which visits began, and the days with daily visits.

    Each day is written as the number of days since 1970.
    """
    found: list[str] = []
    day = int(after) if after else None
    while len(found) < size and (day := next_day(day)) is not None:
        found.append(str(day))
    return found


def next_day(day: int | None) -> int | None:
    first = first_past(VisitRecord.started_at, None if day is None else (day + 1) * DAY - 1)
    days = [None if first is None else first // DAY]
    days += [first_past(record.day, day) for record in (RollupRecord, CountryRollupRecord)]
    return min((each for each in days if each is not None), default=None)


def first_past(column: Any, after: int | None) -> int | None:
    rows = column.model.select(fn.MIN(column))
    first: int | None = (rows if after is None else rows.where(column > after)).scalar()
    return first


def cost_days_after(after: str, size: int) -> list[str]:
    """The days with costs. Each day is written as the number of days since 1970."""
    day = int(after) if after else BEFORE_ALL_DAYS
    return [str(day) for day in distinct_after(CostRecord.day, day, size)]


def distinct_after(column: Any, after: str | int, size: int) -> list[Any]:
    rows = column.model.select(column).where(column > after).distinct().order_by(column).limit(size)
    return [value for (value,) in rows.tuples()]


def count(*columns: Any) -> Callable[[], int]:
    """Returns a function that counts units approximately.

    The function counts the distinct values of each column in `columns`, and returns the largest
    count.
    """
    return lambda: max(
        column.model.select(fn.COUNT(column.distinct())).scalar() for column in columns
    )


SUBJECTS = Units(subjects_after, count(PageviewRecord.fingerprint, EventRecord.subject))
OWNERS = Units(owners_after, count(PersonRecord.owner, ConversionRecord.owner))
DAYS = Units(days_after, count(RollupRecord.day))
COST_DAYS = Units(cost_days_after, count(CostRecord.day))
