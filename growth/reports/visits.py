"""Visits, new visitors and pageviews of the visits that began in a period, by group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from peewee import fn

from growth.attribution.facts import DAY
from growth.models import OriginRecord, RollupRecord, VisitRecord
from growth.reports.figures import Figures
from growth.reports.views import of_rollups, of_visits
from growth.schemas.query import Query
from growth.schemas.words import TIMES


def visits(query: Query) -> Iterator[tuple[tuple[Any, ...], Figures]]:
    places = len(query.by)
    for row in from_rollups(query) if fits_rollups(query) else from_visits(query):
        yield row[:places], Figures(*row[places:])


def fits_rollups(query: Query) -> bool:
    """Whether the period is made of whole UTC days and the dimensions are those of the rollups."""
    if any(edge is not None and edge % DAY for edge in (query.start, query.end)):
        return False
    times = set(TIMES) & {*query.by}
    if set(TIMES) & set(query.filters) or "hour" in times or (times and query.timezone != "UTC"):
        return False
    return {*query.by, *query.filters} <= {*of_rollups().columns, *TIMES}


def from_visits(query: Query) -> Any:
    view, record = of_visits(), VisitRecord
    counted = fn.COUNT(record.digest), fn.SUM(record.is_first), fn.SUM(record.pageviews)
    return view.grouped(record.select(*view.keys(query), *counted), query)


def from_rollups(query: Query) -> Any:
    view, record = of_rollups(), RollupRecord
    summed = [fn.SUM(each) for each in (record.visits, record.new_visitors, record.pageviews)]
    rows = record.select(*view.keys(query), *summed)
    return view.grouped(rows.join(OriginRecord, on=OriginRecord.id == record.origin), query)
