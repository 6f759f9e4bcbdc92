"""Time dimensions. SQL computes local hours and days. `label` turns days into weeks and months."""

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
"""Number of days added to an instant before a division, and subtracted from the quotient.

Without AGES, instants before 1970 would get the next day, because SQL rounds towards 0.
"""

OFFSETS = 1_000_000
"""Factor in the key of an hour: `local hour * OFFSETS + offset in seconds + OFFSETS / 2`.

The factor exceeds twice any offset, so `hour_of` can split the key again.
"""


def bucket(name: str, at: Any, query: Query) -> Any:
    """An SQL expression to group instants by.

    For `hour`, a key is made of the local hour and its offset. For other time dimensions, the key
    is the local day, in days since 1970.
    """
    offset = offset_at(at, query)
    if name != "hour":
        return (at + offset + AGES * DAY) / DAY - AGES
    hour = (at + offset + AGES * DAY) / HOUR
    return hour * OFFSETS + offset / SECOND + OFFSETS // 2


def offset_at(at: Any, query: Query) -> Any:
    """An SQL expression for the offset of the query's time zone at an instant.

    It is a CASE over the changes of the offset, latest first, because most facts are recent.
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
    """The label that an answer shows for a key. `cohort_week` has the same labels as `week`."""
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
