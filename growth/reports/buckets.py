"""Groups rows by hour, day, week and month in the query's time zone.

SQL computes the local hour or day of a row. `label` turns days into weeks and months.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from peewee import Case

from growth.attribution.facts import DAY, SECOND
from growth.query.query import Query
from growth.query.zones import (
    HOUR,
    date_of,
    hour_label,
    local,
    month_label,
    transitions,
    week_label,
)

AGES = 1_000_000
"""Days that are added to an instant before it is divided, and subtracted from the quotient.

SQL rounds a quotient towards 0. So without AGES, an instant before 1970 would get the day after its
own day.
"""

OFFSETS = 1_000_000
"""Factor in the key of an hour, which is `local hour * OFFSETS + offset in seconds + OFFSETS / 2`.

The factor exceeds twice any offset, so `hour_of` can split a key into its hour and its offset.
"""


def bucket(name: str, at: Any, query: Query) -> Any:
    """The SQL expression by which rows are grouped. `at` is the column with their time.

    For `hour`, its value is made of the local hour and the offset from UTC. For day, week and
    month, its value is the local day, in days since 1970.
    """
    offset = offset_at(at, query)
    if name != "hour":
        return (at + offset + AGES * DAY) / DAY - AGES
    hour = (at + offset + AGES * DAY) / HOUR
    return hour * OFFSETS + offset / SECOND + OFFSETS // 2


def offset_at(at: Any, query: Query) -> Any:
    """The SQL expression that computes the offset of the query's time zone at an instant.

    It is a CASE with a branch for each change of the offset in the period. The latest change comes
    first, because most facts are recent.
    """
    known = transitions(query.timezone)
    start = query.start if query.start is not None else known[0][0]
    end = query.end if query.end is not None else query.now + DAY
    changes = [each for each in reversed(known) if start < each[0] < end]
    first = local(start, query.timezone) - start
    return (
        Case(None, [(at >= since, offset) for since, offset in changes], first)
        if changes
        else first
    )


@lru_cache(maxsize=10_000)
def label(name: str, key: Any) -> Any:
    """The label that an answer shows for `key`, by which SQL groups the dimension `name`."""
    name = name.removeprefix("cohort_")
    if key is None or name not in LABELS:
        return key
    return LABELS[name](key)


def hour_of(key: int) -> str:
    hour, offset = divmod(key, OFFSETS)
    return hour_label(hour - AGES * DAY // HOUR, offset - OFFSETS // 2)


LABELS: dict[str, Any] = {
    "hour": hour_of,
    "day": lambda day: date_of(day).isoformat(),
    "week": week_label,
    "month": month_label,
    "paid": bool,
}
