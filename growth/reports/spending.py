"""What was spent on each group, where costs can tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from peewee import SQL, fn

from growth.database.statements import by_place
from growth.database.tables import CostRecord
from growth.query.query import Query
from growth.query.words import TIMES
from growth.query.zones import day_of, start_of
from growth.reports.figures import Figures
from growth.reports.views import one_of

CARRIED: dict[str, Any] = {
    "channel": CostRecord.channel,
    "source": CostRecord.source,
    "medium": fn.NULLIF(CostRecord.medium, ""),
    "campaign": fn.NULLIF(CostRecord.campaign, ""),
    "content": fn.NULLIF(CostRecord.content, ""),
    "paid": CostRecord.paid,
}
"""The dimensions that costs carry, besides days and what is made of them."""


def has_costs(query: Query) -> bool:
    return {*query.by, *query.filters} <= {*CARRIED, "day", "week", "month"}


def spending(query: Query) -> Iterator[tuple[tuple[Any, ...], Figures]]:
    """Cost by group and currency. A day's cost belongs to the period if the day began in it.

    Costs are of days on the advertiser's own clock: they are taken as days in any zone.
    """
    if not has_costs(query):
        return
    columns = [CARRIED.get(name, CostRecord.day) for name in query.by]
    names = [name for name in query.filters if name not in TIMES]
    kept = [one_of(CARRIED[name], query.filters[name]) for name in names]
    rows = (
        CostRecord.select(*columns, CostRecord.day, CostRecord.currency, fn.SUM(CostRecord.amount))
        .where(*kept, *days(query), SQL("1 = 1"))
        .group_by(*by_place(columns), CostRecord.day, CostRecord.currency)
        .tuples()
    )
    for *group, day, code, amount in rows:
        if is_within(day, query):
            yield tuple(group), Figures(cost={code: amount})


def days(query: Query) -> Iterator[Any]:
    """The days that the period touches: what is read of a long history."""
    if query.start is not None:
        yield CostRecord.day >= day_of(query.start, query.timezone)
    if query.end is not None:
        yield CostRecord.day <= day_of(query.end, query.timezone)


def is_within(day: int, query: Query) -> bool:
    at = start_of(day, query.timezone)
    kept = [query.filters[name] for name in TIMES if name in query.filters]
    return (
        (query.start is None or at >= query.start)
        and (query.end is None or at < query.end)
        and all(any(first <= at < after for first, after in spans) for spans in kept)
    )
