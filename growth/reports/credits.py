"""Adds up the credits of a period: conversions, revenue and times to convert of each group."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from peewee import JOIN, Case, fn

from growth.attribution.credit import SINGLE_CLICK, WHOLE
from growth.database.statements import MILLION, database, joined, number, rest_of, wide
from growth.database.tables import (
    ConversionRecord,
    CreditRecord,
    OriginRecord,
    PersonRecord,
    VisitRecord,
)
from growth.database.tables.rollup import NAMES
from growth.query.query import Query
from growth.query.words import COHORTS, ORIGINS
from growth.reports.columns import CLICKED, Columns, of_credits
from growth.reports.figures import Figures

Group = tuple[Any, ...]

FINE = set(ORIGINS) - set(NAMES)
"""Dimensions of visits that the table of origins does not have."""


def earnings(query: Query) -> Iterator[tuple[Group, Figures]]:
    """For each group and currency, the figures summed from the credits under the query's model.

    The value of a conversion without a currency does not count as revenue.
    """
    columns, figures, places = credit_columns(query), sums(query), len(query.by)
    rows = credited(query, columns, CreditRecord.currency, *figures.values())
    for row in columns.grouped(rows, query, CreditRecord.currency):
        group, code, summed = row[:places], row[places], row[places + 1 :]
        yield group, figures_of(code, dict(zip(figures, summed, strict=True)))


def figures_of(code: str | None, found: dict[str, Any]) -> Figures:
    """The figures of a group in one currency. `found` has its sums by the names in `sums`."""
    if "waited" in found:
        seconds = joined(found.pop("waited"), found.pop("fraction"))
        found["waited"] = joined(seconds, found.pop("rest_waited"))
    if "seen" in found:
        found["pages_after"] = found.pop("seen") - found["pages_before"]
    if "millions" in found:
        amount = joined(found.pop("millions"), found.pop("rest"))
        found["revenue"] = {code: amount} if code else {}
    return Figures(**found)


def sums(query: Query) -> dict[str, Any]:
    """SQL expressions of the sums that the query's metrics need, by name.

    A sum that may exceed 63 bits is split into parts.
    """
    model, total = query.model, totals(query.model)
    no_click = Case(None, [(CreditRecord.started_at.is_null(), 1)], 0)
    found = {"credit": fn.SUM(CreditRecord.credit), "unattributed": total(no_click)}
    if query.needs("from_trial"):
        found["from_trial"] = total(number(CreditRecord.from_trial))
    if query.needs("time_to_convert"):
        found |= times(model)
    if query.needs("pages_before", "pages_after"):
        is_kept = model in SINGLE_CLICK
        found["pages_before"] = total(CreditRecord.pages_before if is_kept else pages_before())
    if query.needs("pages_after"):
        found["seen"] = total(fn.COALESCE(PersonRecord.pageviews, 0))
    if query.needs("revenue", "roi"):
        found["millions"], found["rest"] = wide(CreditRecord.revenue)
    return found


def times(model: str) -> dict[str, Any]:
    """SQL expressions of the sum of times to convert, and of the shortest and longest time."""
    elapsed = CreditRecord.occurred_at - CreditRecord.started_at
    waited, fraction, rest = parts_of(elapsed, model in SINGLE_CLICK)
    extremes = {"fastest": fn.MIN(elapsed), "longest": fn.MAX(elapsed)}
    return {"waited": waited, "fraction": fraction, "rest_waited": rest, **extremes}


def totals(model: str) -> Callable[[Any], Any]:
    """A function that makes the SQL sum of a column, in which rows are weighted by their credit.

    Under a single-click model, each credit is WHOLE, so the plain sum is multiplied by WHOLE.
    """
    if model in SINGLE_CLICK:
        return lambda figure: fn.SUM(figure) * WHOLE
    return lambda figure: fn.SUM(CreditRecord.credit * figure)


def pages_before() -> Any:
    """A subquery that selects the number of pageviews before the conversion of a credit.

    Only credits under single-click models have a copy of this number.
    """
    record = ConversionRecord
    return record.select(record.pages_before).where(
        record.owner == CreditRecord.owner,
        record.occurred_at == CreditRecord.occurred_at,
        record.digest == CreditRecord.conversion,
    )


def parts_of(elapsed: Any, is_single: bool) -> list[Any]:
    """SQL expressions of the three parts of the sum of times to convert.

    In the sum, each time in microseconds is multiplied by its credit in millionths. The sum is the
    first part times 10^12, plus the second part times 10^6, plus the third part. One column cannot
    hold the sum: its limit is 9.2 * 10^18, and one full credit after 90 days adds 7.8 * 10^18.
    """
    if is_single:
        return [*wide(elapsed), fn.SUM(0)]
    seconds, fraction = (
        each * CreditRecord.credit for each in (elapsed / MILLION, rest_of(elapsed))
    )
    middle = fn.SUM(rest_of(seconds) + fraction / MILLION)
    return [fn.SUM(seconds / MILLION), middle, fn.SUM(rest_of(fraction))]


def with_persons(rows: Any) -> Any:
    """Join credits with their persons. A credit whose person has no row is kept."""
    is_theirs = PersonRecord.owner == CreditRecord.owner
    return rows.join_from(CreditRecord, PersonRecord, JOIN.LEFT_OUTER, on=is_theirs)


def with_origins(rows: Any) -> Any:
    """Join credits with their origins."""
    is_its = OriginRecord.id == CreditRecord.origin
    return rows.join_from(CreditRecord, OriginRecord, JOIN.LEFT_OUTER, on=is_its)


def clicks(*conditions: Any) -> tuple[Any, list[Any]]:
    """The table or CTE of visits that `with_clicks` joins, and the CTEs that the query needs.

    Without a cluster, it is the table of visits, and no CTEs are needed. A cluster distributes
    credits by owner and visits by fingerprint, so it cannot join the two tables directly. There,
    the first CTE selects the keys of the clicks whose credits meet `conditions`. The second CTE
    selects the visits with these keys, and `with_clicks` joins this CTE.
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
    """Join credits with the visits that got the credit."""
    return rows.join_from(CreditRecord, clicked, JOIN.LEFT_OUTER, on=is_click(visit=CLICKED))


def is_click(credit: Any = CreditRecord, visit: Any = VisitRecord) -> Any:
    """An SQL condition: the visit is the click of the credit."""
    return (
        (visit.fingerprint == credit.fingerprint)
        & (visit.started_at == credit.started_at)
        & (visit.digest == credit.click)
    )


def credit_columns(query: Query) -> Columns:
    return of_credits(is_fine=bool(FINE & query.dimensions))


def credited(query: Query, columns: Columns, *figures: Any) -> Any:
    """Select the dimensions and `figures` from the credits of the query's event and model."""
    asked = CreditRecord.model == query.model, CreditRecord.event == query.event
    rows = CreditRecord.select(*columns.keys(query), *figures).where(*asked)
    rows = with_origins(rows)
    if query.dimensions & {*COHORTS} or query.needs("pages_after"):
        rows = with_persons(rows)
    if not FINE & query.dimensions:
        return rows
    clicked, steps = clicks(*asked, *columns.within(query))
    return with_clicks(rows, clicked).with_cte(*steps)


def earned(query: Query) -> set[str]:
    """The currencies in which the event has revenue in the period. Filters are ignored."""
    at, code = Columns({}, at=CreditRecord.occurred_at), CreditRecord.currency
    rows = CreditRecord.select(code, *wide(CreditRecord.revenue)).where(
        CreditRecord.model == query.model,
        CreditRecord.event == query.event,
        code.is_null(False),
        *at.within(query),
    )
    return {code for code, *amount in rows.group_by(code).tuples() if joined(*amount)}
