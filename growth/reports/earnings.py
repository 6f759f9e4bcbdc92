"""What the conversions in a period earned the clicks of each group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from peewee import JOIN, SQL, Case, Select, fn

from growth.attribution.credit import SINGLE_CLICK, WHOLE
from growth.models import (
    ConversionRecord,
    CreditRecord,
    OriginRecord,
    PersonRecord,
    VisitRecord,
)
from growth.models.base import database
from growth.models.rollup import NAMES
from growth.reports.figures import Figures
from growth.reports.views import View, of_credits
from growth.schemas.query import Query
from growth.schemas.words import ORIGINS, TIMES

MILLION = 1_000_000
FINE = set(ORIGINS) - set(NAMES)
"""Dimensions finer than campaigns."""

Group = tuple[Any, ...]


def earnings(query: Query) -> Iterator[tuple[Group, Figures]]:
    """Figures of the credits under the query's model; a group comes once for each currency.

    Values without a currency are no money.
    """
    places = len(query.by)
    for row in by_origin(query) if fits_origins(query) else by_credit(query):
        code, millions, rest, *numbers = row[places:]
        figures = Figures(0, 0, 0, *numbers)
        figures.pages_after -= figures.pages_before  # as yet all pages
        if code is not None and rest is not None:
            figures.revenue = {code: millions * MILLION + rest}
        yield row[:places], figures


def by_credit(query: Query) -> Any:
    view = view_of(query)
    rows = credited(query, view, CreditRecord.currency, *sums(query.model)).join_from(
        CreditRecord, PersonRecord, JOIN.LEFT_OUTER, on=is_theirs()
    )
    return view.grouped(rows, query, CreditRecord.currency)


def fits_origins(query: Query) -> bool:
    """Whether the question is about whole origins, on days that credits keep."""
    days = {"day", "week", "month"} if query.timezone == "UTC" else set()
    return {*query.by} <= {*NAMES, *days} and {*query.filters} <= {*NAMES}


def by_origin(query: Query) -> Any:
    """Summed by day, origin and currency first, for so the index is sorted, and then by name."""
    record, view = CreditRecord, of_credits(is_fine=False)
    keys = record.day, record.origin, record.currency
    named = [each.alias(f"sum_{place}") for place, each in enumerate(sums(query.model))]
    kept = record.model == query.model, record.event == query.event, *view.within(query)
    rows = record.select(*keys, *named).join(PersonRecord, JOIN.LEFT_OUTER, on=is_theirs())
    inner = rows.where(*kept).group_by(*keys).alias("summed")
    columns = [inner.c.day if name in TIMES else view.columns[name] for name in query.by]
    whole = [each(getattr(inner.c, f"sum_{place}")) for place, each in enumerate(TOGETHER)]
    return (
        Select([inner], [*columns, inner.c.currency, *whole])
        .join(OriginRecord, JOIN.LEFT_OUTER, on=OriginRecord.id == inner.c.origin)
        .where(*view.filtered(query), SQL("1 = 1"))
        .group_by(*columns, inner.c.currency)
        .bind(database)
        .tuples()
    )


TOGETHER = (*[fn.SUM] * 8, fn.MIN, fn.MAX)
"""How the sums of parts become those of the whole."""


def sums(model: str) -> list[Any]:
    """Revenue in two parts, for the sum of many large amounts does not fit 63 bits; then the
    figures from `credit` on, in their order. Under models that credit one click all weigh alike.
    """
    is_single, weight, amount = model in SINGLE_CLICK, CreditRecord.credit, CreditRecord.revenue
    elapsed = CreditRecord.occurred_at - CreditRecord.started_at
    no_click = Case(None, [(CreditRecord.started_at.is_null(), 1)], 0)

    def total(number: Any) -> Any:
        return fn.SUM(number) * WHOLE if is_single else fn.SUM(weight * number)

    return [
        fn.SUM(amount / MILLION),
        fn.SUM(rest_of(amount)),
        fn.SUM(weight),
        total(no_click),
        total(CreditRecord.from_trial),
        fn.COALESCE(fn.SUM(elapsed if is_single else weighed(elapsed)), 0),
        total(CreditRecord.pages_before if is_single else pages_before()),
        total(fn.COALESCE(PersonRecord.pageviews, 0)),
        fn.MIN(elapsed),
        fn.MAX(elapsed),
    ]


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


def weighed(elapsed: Any) -> Any:
    """Microseconds times credit, as microseconds: seconds and fractions apart, for the product
    of 90 days and a million does not fit 63 bits twice."""
    seconds = elapsed / MILLION
    return seconds * CreditRecord.credit + rest_of(elapsed) * CreditRecord.credit / MILLION


def rest_of(number: Any) -> Any:
    """What whole millions leave of a number; peewee reads % as LIKE."""
    return number - number / MILLION * MILLION


def is_theirs() -> Any:
    """Whether a person is the one of a credit."""
    return PersonRecord.owner == CreditRecord.owner


def is_click() -> Any:
    """Whether a visit is the click of a credit."""
    return (
        (VisitRecord.fingerprint == CreditRecord.fingerprint)
        & (VisitRecord.started_at == CreditRecord.started_at)
        & (VisitRecord.digest == CreditRecord.click)
    )


def view_of(query: Query) -> View:
    return of_credits(is_fine=bool(FINE & {*query.by, *query.filters}))


def credited(query: Query, view: View, *columns: Any) -> Any:
    """The query's dimensions and columns over the credits of its event under its model."""
    rows = CreditRecord.select(*view.keys(query), *columns)
    if FINE & {*query.by, *query.filters}:
        rows = rows.left_outer_join(VisitRecord, on=is_click())
    else:
        rows = rows.left_outer_join(OriginRecord, on=OriginRecord.id == CreditRecord.origin)
    return rows.where(CreditRecord.model == query.model, CreditRecord.event == query.event)
