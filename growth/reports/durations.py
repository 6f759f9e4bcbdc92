"""The duration of visits: from the first pageview to the last."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from peewee import Case, fn

from growth.attribution.facts import SECOND
from growth.database.statements import by_place, joined, wide
from growth.database.tables import VisitRecord
from growth.query.query import Query
from growth.reports.buckets import label
from growth.reports.columns import of_visits
from growth.reports.figures import ratio

EDGES = (0, 10, 30, 60, 180, 600, 1_800, 3_600)
"""The starts of the histogram's bars, in seconds."""


@dataclass(frozen=True, slots=True)
class Durations:
    """The number of some visits, and their total and longest duration in microseconds."""

    visits: int = 0
    lasted: int = 0
    longest: int = 0

    def __add__(self, other: Durations) -> Durations:
        return Durations(
            self.visits + other.visits,
            self.lasted + other.lasted,
            max(self.longest, other.longest),
        )

    def shown(self) -> dict[str, float | None]:
        return {
            "average": ratio(self.lasted, self.visits * SECOND),
            "longest": ratio(self.longest, SECOND) if self.visits else None,
        }


def lasted() -> Any:
    return VisitRecord.last_at - VisitRecord.started_at


def duration_columns() -> tuple[Any, ...]:
    """SQL expressions of the arguments of `durations_of`."""
    return fn.COUNT(VisitRecord.started_at), *wide(lasted()), fn.MAX(lasted())


def durations_of(visits: int, millions: int, rest: int, longest: int) -> Durations:
    return Durations(visits, joined(millions, rest), longest)


def durations(query: Query) -> dict[Any, Durations]:
    """The durations of visits, by the label of their group. The query must have one dimension."""
    columns, found = of_visits(), defaultdict[Any, Durations](Durations)
    for key, *figures in columns.grouped(
        VisitRecord.select(*columns.keys(query), *duration_columns()), query
    ):
        found[label(query.by[0], key)] += durations_of(*figures)
    return found


def histogram(query: Query) -> dict[str, Any]:
    """GET /attribution?by=visit_duration: a histogram of the duration of visits.

    A bar holds the visits that lasted at least `from` and less than `to` seconds.
    """
    bars = [(lasted() >= edge * SECOND, edge) for edge in reversed(EDGES[1:])]
    bar = Case(None, bars, 0)
    columns = of_visits()
    rows = (
        VisitRecord.select(bar, *duration_columns())
        .where(*columns.kept(query))
        .group_by(*by_place([bar]))
        .tuples()
    )
    found = {edge: durations_of(*figures) for edge, *figures in rows}
    totals = sum(found.values(), Durations())
    results = [
        {
            "visit_duration": {"from": start, "to": end},
            "visits": found.get(start, Durations()).visits,
            "share": ratio(found.get(start, Durations()).visits, totals.visits),
        }
        for start, end in zip(EDGES, (*EDGES[1:], None), strict=True)
    ]
    if query.is_descending:
        results.reverse()
    return {
        "totals": {"visits": totals.visits, "visit_duration": totals.shown()},
        "results": results,
        "next": None,
    }
