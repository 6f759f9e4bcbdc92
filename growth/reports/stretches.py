"""Parts a period into whole days, whose sums are kept, and what is less than a day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from growth.attribution.facts import DAY
from growth.query.query import Query

DAYS = {"day", "week", "month"}


def stretches(query: Query, names: set[str]) -> Iterator[tuple[Query, bool]]:
    """The query for each part of its period, and whether sums by UTC day and `names` answer it.

    They do for whole days; what is left of the first and the last is for finer tables.
    """
    first = None if query.start is None else -(-query.start // DAY) * DAY
    last = None if query.end is None else query.end // DAY * DAY
    has_days = first is None or last is None or first < last
    if not (has_days and is_summed(query, names)):
        yield query, False
        return
    if query.start != first:
        yield replace(query, end=first), False
    yield replace(query, start=first, end=last), True
    if query.end != last:
        yield replace(query, start=last), False


def is_summed(query: Query, names: set[str]) -> bool:
    """Whether the dimensions are the names of the sums, or days as they count them."""
    days = DAYS if query.timezone == "UTC" else set()
    return {*query.by} <= names | days and {*query.filters} <= names
