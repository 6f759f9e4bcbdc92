"""Adds the metrics that only reports by time have: active visitors and users, visit durations."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import accumulate
from typing import Any

from peewee import Case, Select, fn

from growth.attribution.facts import DAY
from growth.database.statements import by_place, database
from growth.database.tables import EventRecord, VisitRecord
from growth.query.query import Query
from growth.query.words import ACTIVE
from growth.query.zones import day_after, day_of
from growth.reports.buckets import bucket
from growth.reports.columns import Columns
from growth.reports.durations import Durations, durations

WINDOWS = (1, 7, 30)
"""The lengths of the windows in which active visitors and users are counted, in days."""


def add_timeline(results: list[dict[str, Any]], totals: dict[str, Any], query: Query) -> None:
    """Add the metrics in BY_TIME that the query asks for.

    QuerySchema allows them only if the sole dimension of the query is a time.
    """
    if "visit_duration" in query.metrics:
        add_durations(results, totals, query)
    if active := [name for name in ACTIVE if name in query.metrics]:
        add_activity(active, results, totals, query)


def add_durations(results: list[dict[str, Any]], totals: dict[str, Any], query: Query) -> None:
    """Add to each row the average and the longest duration of its visits, in seconds."""
    found = durations(query)
    for row in results:
        row["visit_duration"] = found.get(row[query.by[0]], Durations()).shown()
    totals["visit_duration"] = sum(found.values(), Durations()).shown()


def add_activity(
    metrics: Iterable[str], results: list[dict[str, Any]], totals: dict[str, Any], query: Query
) -> None:
    """Add to each row how many visitors or users were active in each window.

    The windows of a row end on the last day of the row. The windows of the totals end on the last
    day of the period. No window ends after today. Visitors and users are active on a day if they
    begin a visit or have an event on that day.
    """
    name, found = query.by[0], {metric: activity(metric, query) for metric in metrics}
    latest = day_of(min(query.now, (query.end or query.now + 1) - 1), query.timezone)
    ends = [(row, day_after(name, row[name]) - 1) for row in results]
    for row, end in [*ends, (totals, latest)]:
        for metric, active in found.items():
            row[metric] = {f"{days}d": active.at(min(end, latest), days) for days in WINDOWS}


class Active:
    """Counts of active visitors (or users) in rolling windows.

    A row `(day, gap, number)` says that `number` visitors were active on `day`, and that their next
    active day was `gap` days later. In windows of n days, these visitors count from `day` on. They
    stop counting n days later, or `gap` days later if that is earlier, because another row counts
    them from then on.
    """

    def __init__(self, rows: Iterable[tuple[int, int, int]]) -> None:
        changes = {window: Counter[int]() for window in WINDOWS}
        for day, gap, number in rows:
            for window, change in changes.items():
                change[day] += number
                change[day + min(gap, window)] -= number
        self.days = {window: sorted(change) for window, change in changes.items()}
        self.numbers = {
            window: [0, *accumulate(changes[window][day] for day in days)]
            for window, days in self.days.items()
        }
        """For each window: 0, then the number of active visitors from each day in `days` on."""

    def at(self, day: int, window: int) -> int:
        """The number of active visitors or users in the window that ends with the day."""
        return self.numbers[window][bisect_right(self.days[window], day)]


def activity(metric: str, query: Query) -> Active:
    """Count the active visitors or users.

    The 30 days before the period are read, too, because the first windows begin there.
    """
    if query.start is not None:
        query = replace(query, start=query.start - max(WINDOWS) * DAY)
    name = "fingerprint" if metric == "active_visitors" else "user_id"
    visits, events = getattr(VisitRecord, name), getattr(EventRecord, name)
    return Active(
        gaps(
            seen(visits, VisitRecord.started_at, query), seen(events, EventRecord.created_at, query)
        )
    )


def seen(who: Any, at: Any, query: Query) -> Any:
    """Select the visitor or user (`who`) and the local day of each row in the period."""
    rows = at.model.select(who.alias("who"), bucket("day", at, query).alias("day"))
    return rows.where(who.is_null(False), *Columns({}, at=at).within(query))


def gaps(*parts: Any) -> list[tuple[int, int, int]]:
    """The rows that `Active` takes. `parts` are queries for pairs (visitor or user, active day).

    A gap of more than 30 days becomes 30. The gap after the last active day is 30, too.
    """
    days = parts[0].union(parts[1]).alias("days")
    following = fn.LEAD(days.c.day).over(partition_by=[days.c.who], order_by=[days.c.day])
    spans = Select([days], [days.c.day, (following - days.c.day).alias("gap")]).alias("spans")
    longest = max(WINDOWS)
    capped = Case(None, [(spans.c.gap < longest, spans.c.gap)], longest)
    rows = Select([spans], [spans.c.day, capped, fn.COUNT(spans.c.day)])
    found: list[tuple[int, int, int]] = list(
        rows.group_by(*by_place([days.c.day, capped])).tuples().bind(database).execute()
    )
    return found
