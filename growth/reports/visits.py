"""Counts the visits that began in a period, their new visitors and their pageviews, by group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from peewee import fn

from growth.attribution.facts import DAY
from growth.database.statements import number
from growth.database.tables import CountryRollupRecord, OriginRecord, RollupRecord, VisitRecord
from growth.database.tables.rollup import NAMES
from growth.query.query import Query
from growth.query.words import without_sign
from growth.reports.columns import of_rollups, of_visits
from growth.reports.figures import Figures

DAYS = {"day", "week", "month"}
SUMMED = {*NAMES, "country"}
"""The dimensions of daily visits, except day, week and month."""


def visits(query: Query) -> Iterator[tuple[tuple[Any, ...], Figures]]:
    places = len(query.by)
    for part, is_summed in stretches(query):
        for row in from_rollups(part) if is_summed else from_visits(part):
            yield row[:places], Figures(*row[places:])


def from_visits(query: Query) -> Any:
    columns, record = of_visits(), VisitRecord
    counted = fn.COUNT(record.digest), fn.SUM(number(record.is_first)), fn.SUM(record.pageviews)
    return columns.grouped(record.select(*columns.keys(query), *counted), query)


def from_rollups(query: Query) -> Any:
    has_countries = "country" in query.dimensions
    record = CountryRollupRecord if has_countries else RollupRecord
    columns = of_rollups(record)
    summed = [fn.SUM(each) for each in (record.visits, record.new_visitors, record.pageviews)]
    rows = record.select(*columns.keys(query), *summed)
    rows = rows.join(OriginRecord, on=OriginRecord.id == record.origin)
    is_any = fn.SUM(record.visits) > 0  # if all visits of a group were deleted, its sums are 0
    return columns.grouped(rows.having(is_any), query)


def stretches(query: Query) -> Iterator[tuple[Query, bool]]:
    """Split the period of a query. Yield a query for each part, and whether daily visits answer it.

    Daily visits can answer for whole UTC days. Incomplete days at either end of the period are
    counted from the table of visits.
    """
    first = None if query.start is None else -(-query.start // DAY) * DAY
    last = None if query.end is None else query.end // DAY * DAY
    has_days = first is None or last is None or first < last
    if not (has_days and is_summed(query)):
        yield query, False
        return
    if query.start != first:
        yield replace(query, end=first), False
    yield replace(query, start=first, end=last), True
    if query.end != last:
        yield replace(query, start=last), False


def is_summed(query: Query) -> bool:
    """Whether daily visits have all dimensions of the query."""
    days = DAYS if query.timezone == "UTC" else set()
    return {*query.by} <= SUMMED | days and {*map(without_sign, query.filters)} <= SUMMED
