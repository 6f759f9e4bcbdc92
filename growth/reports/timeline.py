"""What reports by time tell besides: how long visits last, and how many are active."""

from __future__ import annotations

from typing import Any

from growth.query.query import Query
from growth.query.words import TIMES
from growth.query.zones import EPOCH_DAY, day_of, days_of
from growth.reports.activity import WINDOWS, activity
from growth.reports.durations import Durations, durations


def add_timeline(results: list[dict[str, Any]], totals: dict[str, Any], query: Query) -> None:
    """Add the metrics of time to a report by one time dimension alone.

    Activity is that of everybody, so there is none of what filters keep, and none by hour.
    """
    if len(query.by) != 1 or query.by[0] not in TIMES:
        return
    add_durations(results, totals, query)
    if not query.filters and query.by[0] != "hour":
        add_activity(results, totals, query)


def add_durations(results: list[dict[str, Any]], totals: dict[str, Any], query: Query) -> None:
    """Add how long the visits that began then lasted, in seconds."""
    found = durations(query)
    for row in results:
        row["visit_duration"] = found.get(row[query.by[0]], Durations()).shown()
    totals["visit_duration"] = sum(found.values(), Durations()).shown()


def add_activity(results: list[dict[str, Any]], totals: dict[str, Any], query: Query) -> None:
    """Add how many were active in the days up to the end of each row, and of the period."""
    name, found = query.by[0], activity(query)
    latest = day_of(min(query.now, (query.end or query.now + 1) - 1), query.timezone)
    ends = [(row, (days_of(name, row[name])[1] - EPOCH_DAY).days - 1) for row in results]
    for row, end in [*ends, (totals, latest)]:
        for metric, active in found.items():
            row[metric] = {f"{days}d": active.at(min(end, latest), days) for days in WINDOWS}
