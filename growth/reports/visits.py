"""Visits, new visitors and pageviews of the visits that began in a period, by group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from peewee import fn

from growth.database.statements import number
from growth.database.tables import CountryRollupRecord, OriginRecord, RollupRecord, VisitRecord
from growth.database.tables.rollup import NAMES
from growth.query.query import Query
from growth.reports.figures import Figures
from growth.reports.stretches import stretches
from growth.reports.views import of_rollups, of_visits


def visits(query: Query) -> Iterator[tuple[tuple[Any, ...], Figures]]:
    places = len(query.by)
    for part, is_summed in stretches(query, {*NAMES, "country"}):
        for row in from_rollups(part) if is_summed else from_visits(part):
            yield row[:places], Figures(*row[places:])


def from_visits(query: Query) -> Any:
    view, record = of_visits(), VisitRecord
    counted = fn.COUNT(record.digest), fn.SUM(number(record.is_first)), fn.SUM(record.pageviews)
    return view.grouped(record.select(*view.keys(query), *counted), query)


def from_rollups(query: Query) -> Any:
    has_countries = "country" in {*query.by, *query.filters}
    record = CountryRollupRecord if has_countries else RollupRecord
    view = of_rollups(record)
    summed = [fn.SUM(each) for each in (record.visits, record.new_visitors, record.pageviews)]
    rows = record.select(*view.keys(query), *summed)
    rows = rows.join(OriginRecord, on=OriginRecord.id == record.origin)
    is_any = fn.SUM(record.visits) > 0  # the rows of several slots may come to nothing
    return view.grouped(rows.having(is_any), query)
