"""Adds up costs by group, if costs have the dimensions of the query."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from peewee import SQL, fn

from growth.database.statements import by_place, joined, wide
from growth.database.tables import CostRecord
from growth.query.query import Query
from growth.query.words import TIMES, without_sign
from growth.query.zones import day_of, start_of
from growth.reports.columns import Columns
from growth.reports.figures import Figures

CARRIED: dict[str, Any] = {
    "channel": CostRecord.channel,
    "source": CostRecord.source,
    "medium": fn.NULLIF(CostRecord.medium, ""),
    "campaign": fn.NULLIF(CostRecord.campaign, ""),
    "content": fn.NULLIF(CostRecord.content, ""),
    "paid": CostRecord.paid,
}
"""The columns of the dimensions that costs have, except day, week and month."""


def has_costs(query: Query) -> bool:
    """Whether costs have the query's dimensions, and the period consists of whole days."""
    return query.is_of_whole_days and query.dimensions <= {*CARRIED, "day", "week", "month"}


def spending(query: Query) -> Iterator[tuple[tuple[Any, ...], Figures]]:
    """The cost of each group in each currency. A cost counts if its day begins in the period.

    The day of a cost has no time zone. It is taken as a day in the query's time zone.
    """
    if not has_costs(query):
        return
    columns = [CARRIED.get(name, CostRecord.day) for name in query.by]
    filters = {k: each for k, each in query.filters.items() if without_sign(k) not in TIMES}
    kept = Columns(CARRIED).filtered(replace(query, filters=filters))
    amount = wide(CostRecord.amount)
    rows = (
        CostRecord.select(*columns, CostRecord.day, CostRecord.currency, *amount)
        .where(*kept, *days(query), SQL("1 = 1"))
        .group_by(*by_place(columns), CostRecord.day, CostRecord.currency)
        .tuples()
    )
    for *group, day, code, millions, rest in rows:
        if is_within(day, query):
            yield tuple(group), Figures(cost={code: joined(millions, rest)})


def days(query: Query) -> Iterator[Any]:
    """SQL conditions that leave out most days outside the period.

    A day at either end of the period may remain, which `is_within` then checks.
    """
    if query.start is not None:
        yield CostRecord.day >= day_of(query.start, query.timezone)
    if query.end is not None:
        yield CostRecord.day <= day_of(query.end, query.timezone)


def is_within(day: int, query: Query) -> bool:
    at = start_of(day, query.timezone)
    times = [(name, each) for name, each in query.filters.items() if without_sign(name) in TIMES]
    return (
        (query.start is None or at >= query.start)
        and (query.end is None or at < query.end)
        and all(
            any(first <= at < after for first, after in spans) != name.endswith("!")
            for name, spans in times
        )
    )
