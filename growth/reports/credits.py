"""What the conversions in a period earned the clicks of each group, summed from the credits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from peewee import JOIN, Case, fn

from growth.attribution.credit import SINGLE_CLICK, WHOLE
from growth.database.statements import database, number
from growth.database.tables import (
    ConversionRecord,
    CreditRecord,
    OriginRecord,
    PersonRecord,
    VisitRecord,
)
from growth.database.tables.rollup import NAMES
from growth.query.query import Query
from growth.query.words import ORIGINS
from growth.reports.figures import Figures
from growth.reports.views import CLICKED, View, of_credits

MILLION = 1_000_000
FINE = set(ORIGINS) - set(NAMES)
"""Dimensions finer than campaigns."""


def earnings(query: Query) -> Iterator[tuple[tuple[Any, ...], Figures]]:
    """Figures of the credits under the query's model; a group comes once for each currency.

    Values without a currency are no money.
    """
    view, places = view_of(query), len(query.by)
    rows = credited(query, view, CreditRecord.currency, *sums(query.model))
    for row in view.grouped(with_persons(rows), query, CreditRecord.currency):
        code, millions, rest, waited, more, *others = row[places:]
        credit, unattributed, from_trial, before, seen, *extremes = others
        waited = waited * MILLION + more
        figures = Figures(0, 0, 0, credit, unattributed, from_trial, waited, before, seen - before)
        figures.fastest, figures.longest = extremes
        if code:
            figures.revenue = {code: millions * MILLION + rest}
        yield row[:places], figures


def sums(model: str) -> list[Any]:
    """Revenue and the time waited, each in two parts, for the sum of many large numbers does not
    fit 63 bits; then the other figures from `credit` on, in their order. Under models that credit
    one click all weigh alike.
    """
    is_single, weight, amount = model in SINGLE_CLICK, CreditRecord.credit, CreditRecord.revenue
    total = totals(model)
    elapsed = CreditRecord.occurred_at - CreditRecord.started_at
    no_click = Case(None, [(CreditRecord.started_at.is_null(), 1)], 0)

    return [
        fn.SUM(amount / MILLION),
        fn.SUM(rest_of(amount)),
        *waited(elapsed, is_single),
        fn.SUM(weight),
        total(no_click),
        total(number(CreditRecord.from_trial)),
        *pages(model),
        fn.MIN(elapsed),
        fn.MAX(elapsed),
    ]


def totals(model: str) -> Callable[[Any], Any]:
    """How numbers are summed by weight under a model."""
    if model in SINGLE_CLICK:
        return lambda figure: fn.SUM(figure) * WHOLE
    return lambda figure: fn.SUM(CreditRecord.credit * figure)


def pages(model: str) -> list[Any]:
    """The pages up to the conversions, and those of their persons in all."""
    before = CreditRecord.pages_before if model in SINGLE_CLICK else pages_before()
    return [*map(totals(model), (before, fn.COALESCE(PersonRecord.pageviews, 0)))]


def pages_before() -> Any:
    """Those of the conversion, looked up: credits keep them only under models of one click."""
    record = ConversionRecord
    return record.select(record.pages_before).where(
        record.owner == CreditRecord.owner,
        record.occurred_at == CreditRecord.occurred_at,
        record.digest == CreditRecord.conversion,
    )


def pageviews_of(owner: Any) -> Any:
    """All pageviews of the person in the column `owner`, as an expression."""
    seen = PersonRecord.select(PersonRecord.pageviews).where(PersonRecord.owner == owner)
    return fn.COALESCE(seen, 0)


def waited(elapsed: Any, is_single: bool) -> list[Any]:
    """The sum of microseconds times credit, in millions and the rest of them: seconds and fractions
    apart, for the product of 90 days and a million does not fit 63 bits twice."""
    weight, fraction = CreditRecord.credit, rest_of(elapsed) * CreditRecord.credit
    millions = elapsed if is_single else elapsed / MILLION * weight + fraction / MILLION
    rest = fn.SUM(0 if is_single else rest_of(fraction))
    return [fn.COALESCE(each, 0) for each in (fn.SUM(millions), rest)]


def rest_of(amount: Any) -> Any:
    """What whole millions leave of a number; peewee reads % as LIKE."""
    return amount - amount / MILLION * MILLION


def with_persons(rows: Any) -> Any:
    """Credits joined with their persons, who may have no visits."""
    is_theirs = PersonRecord.owner == CreditRecord.owner
    return rows.join_from(CreditRecord, PersonRecord, JOIN.LEFT_OUTER, on=is_theirs)


def with_origins(rows: Any) -> Any:
    """Credits joined with the names they are found under."""
    is_its = OriginRecord.id == CreditRecord.origin
    return rows.join_from(CreditRecord, OriginRecord, JOIN.LEFT_OUTER, on=is_its)


def clicks(*conditions: Any) -> tuple[Any, list[Any]]:
    """What has the visits that credits name, to be joined as `CLICKED`, and the steps before that.

    In a cluster credits lie by owner and visits by visitor: first come the keys of the clicks whose
    credits meet the conditions, then these visits.
    """
    if not database.is_cluster:
        return CLICKED, []
    credit, visit = CreditRecord, VisitRecord
    keys = credit.select(credit.fingerprint, credit.started_at, credit.click).where(*conditions)
    keys = keys.distinct().cte("keys", materialized=True)
    columns = (getattr(visit, name) for name in ("fingerprint", "started_at", "digest", *ORIGINS))
    found = visit.select(*columns).from_(keys).join(visit, on=is_click(keys.c))
    clicked = found.cte("clicked", materialized=True)
    return clicked, [keys, clicked]


def with_clicks(rows: Any, clicked: Any) -> Any:
    """Credits joined with the visits that they name."""
    return rows.join_from(CreditRecord, clicked, JOIN.LEFT_OUTER, on=is_click(visit=CLICKED))


def is_click(credit: Any = CreditRecord, visit: Any = VisitRecord) -> Any:
    """Whether a visit is the click of a credit."""
    return (
        (visit.fingerprint == credit.fingerprint)
        & (visit.started_at == credit.started_at)
        & (visit.digest == credit.click)
    )


def view_of(query: Query) -> View:
    return of_credits(is_fine=bool(FINE & {*query.by, *query.filters}))


def credited(query: Query, view: View, *columns: Any) -> Any:
    """The query's dimensions and columns over the credits of its event under its model."""
    asked = CreditRecord.model == query.model, CreditRecord.event == query.event
    rows = CreditRecord.select(*view.keys(query), *columns).where(*asked)
    if not FINE & {*query.by, *query.filters}:
        return with_origins(rows)
    clicked, steps = clicks(*asked, *view.within(query))
    return with_clicks(rows, clicked).with_cte(*steps)
