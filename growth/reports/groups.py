"""GET /attribution by dimensions: visits, conversions and what came of them, group by group."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from peewee import Case, fn

from growth.attribution.facts import DAY
from growth.models import ConversionRecord, CreditRecord, OriginRecord, RollupRecord, VisitRecord
from growth.reports.clicks import pageviews_of
from growth.reports.figures import Figures
from growth.reports.period import within
from growth.schemas.query import Query

UNATTRIBUTED = "Unattributed"
MILLION = 1_000_000

Group = tuple[Any, ...]


def groups(query: Query) -> dict[str, Any]:
    """A row for every group with a visit or a conversion, and the totals of them all."""
    found: defaultdict[Group, Figures] = defaultdict(Figures)
    for part in (visits, earnings, revenue):
        for group, figures in part(query):
            found[group].add(figures)
    totals = Figures()
    for figures in found.values():
        totals.add(figures)
    rows = sorted(
        found.items(), key=lambda item: (-item[1].credit, -item[1].visits, label(item[0]))
    )
    return {
        "totals": {
            **totals.shown(totals.credit),
            "unattributed": totals.unattributed / MILLION,
        },
        "results": [
            {**named(query, group), **figures.shown(totals.credit)} for group, figures in rows
        ],
    }


def visits(query: Query) -> Iterator[tuple[Group, Figures]]:
    """Visits, new visitors and pageviews of the visits that began in the period."""
    rows = from_rollups(query) if fits_rollups(query) else from_visits(query)
    for *group, counted, new_visitors, pageviews in rows.tuples():
        yield (
            tuple(group),
            Figures(visits=counted, new_visitors=new_visitors, pageviews=pageviews),
        )


def from_visits(query: Query) -> Any:
    dimensions = [getattr(VisitRecord, name) for name in query.by]
    return within(
        VisitRecord.select(
            *dimensions,
            fn.COUNT(VisitRecord.digest),
            fn.SUM(VisitRecord.is_first),
            fn.SUM(VisitRecord.pageviews),
        ).group_by(*dimensions),
        VisitRecord.started_at,
        query,
    )


def fits_rollups(query: Query) -> bool:
    """Whether the period is made of whole days and the dimensions are those of the rollups."""
    whole_days = all(edge is None or edge % DAY == 0 for edge in (query.start, query.end))
    return whole_days and set(query.by) <= set(ROLLED_UP)


def from_rollups(query: Query) -> Any:
    dimensions = [ROLLED_UP[name] for name in query.by]
    rows = (
        RollupRecord.select(
            *dimensions,
            fn.SUM(RollupRecord.visits),
            fn.SUM(RollupRecord.new_visitors),
            fn.SUM(RollupRecord.pageviews),
        )
        .join(OriginRecord, on=OriginRecord.id == RollupRecord.origin)
        .group_by(*dimensions)
    )
    if query.start is not None:
        rows = rows.where(RollupRecord.day >= query.start // DAY)
    if query.end is not None:
        rows = rows.where(RollupRecord.day < query.end // DAY)
    return rows


ROLLED_UP: dict[str, Any] = {
    name: getattr(OriginRecord, name)
    for name in ("channel", "source", "medium", "campaign", "paid")
} | {"country": fn.NULLIF(RollupRecord.country, "")}


def earnings(query: Query) -> Iterator[tuple[Group, Figures]]:
    """What the conversions in the period earned the clicks of each group under the model."""
    weight = CreditRecord.credit
    is_attributed = CreditRecord.started_at.is_null(False)
    elapsed = CreditRecord.occurred_at - CreditRecord.started_at
    seen = pageviews_of(CreditRecord.owner)
    rows = credited(
        query,
        fn.SUM(weight),
        fn.SUM(Case(None, [(is_attributed, 0)], weight)),
        fn.SUM(weight * ConversionRecord.from_trial),
        fn.COALESCE(fn.SUM(weighed(elapsed)), 0),
        fn.MIN(elapsed),
        fn.MAX(elapsed),
        fn.SUM(weight * ConversionRecord.pages_before),
        fn.SUM(weight * (seen - ConversionRecord.pages_before)),
    )
    for *group, credit, unattributed, from_trial, waited, fastest, longest, before, after in rows:
        yield (
            tuple(group),
            Figures(
                credit=credit,
                unattributed=unattributed,
                from_trial=from_trial,
                waited=waited,
                fastest=fastest,
                longest=longest,
                pages_before=before,
                pages_after=after,
            ),
        )


def weighed(elapsed: Any) -> Any:
    """Microseconds times credit, as microseconds: seconds and fractions apart, for the product
    of 90 days and a million does not fit 63 bits twice."""
    seconds = elapsed / MILLION
    return seconds * CreditRecord.credit + rest_of(elapsed) * CreditRecord.credit / MILLION


def rest_of(number: Any) -> Any:
    """What whole millions leave of a number; peewee reads % as LIKE."""
    return number - number / MILLION * MILLION


def revenue(query: Query) -> Iterator[tuple[Group, Figures]]:
    """Revenue by currency, shared by credit; values without a currency are no money."""
    amount, currency = CreditRecord.revenue, ConversionRecord.currency
    # Summed in two parts, for the sum of many large amounts does not fit 63 bits.
    parts = fn.SUM(amount / MILLION), fn.SUM(rest_of(amount))
    rows = credited(query, currency, *parts).where(currency.is_null(False), amount.is_null(False))
    for *group, code, millions, rest in rows.group_by_extend(currency):
        yield tuple(group), Figures(revenue=Counter({code: millions * MILLION + rest}))


def credited(query: Query, *columns: Any) -> Any:
    """Columns over credits, their conversions and clicks, grouped by the query's dimensions."""
    dimensions = [credited_to(name) for name in query.by]
    rows = (
        CreditRecord.select(*dimensions, *columns)
        .join(
            ConversionRecord,
            on=(
                (ConversionRecord.owner == CreditRecord.owner)
                & (ConversionRecord.occurred_at == CreditRecord.occurred_at)
                & (ConversionRecord.digest == CreditRecord.conversion)
            ),
        )
        .switch(CreditRecord)
        .left_outer_join(
            VisitRecord,
            on=(
                (VisitRecord.fingerprint == CreditRecord.fingerprint)
                & (VisitRecord.started_at == CreditRecord.started_at)
                & (VisitRecord.digest == CreditRecord.click)
            ),
        )
        .where(CreditRecord.model == query.model, CreditRecord.event == query.event)
        .group_by(*dimensions)
        .tuples()
    )
    return within(rows, CreditRecord.occurred_at, query)


def credited_to(name: str) -> Any:
    column = getattr(VisitRecord, name)
    return fn.COALESCE(column, UNATTRIBUTED) if name == "channel" else column


def named(query: Query, group: Group) -> dict[str, Any]:
    """The dimensions of a group by name."""
    return {
        name: bool(value) if name == "paid" and value is not None else value
        for name, value in zip(query.by, group, strict=True)
    }


def label(group: Group) -> tuple[str, ...]:
    return tuple("" if value is None else str(value) for value in group)
