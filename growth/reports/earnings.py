"""What the conversions in a period earned the clicks of each group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from peewee import JOIN, Case, fn

from growth.attribution.credit import SINGLE_CLICK
from growth.database.tables import (
    ConversionRecord,
    CreditRecord,
    EarningRecord,
    OriginRecord,
    UnsettledRecord,
)
from growth.database.tables.rollup import NAMES
from growth.query.query import Query
from growth.reports.credits import by_credit, pages_by_credit, with_origins
from growth.reports.figures import Figures
from growth.reports.stretches import stretches
from growth.reports.views import View, of_credits, of_earnings

MILLION = 1_000_000

Group = tuple[Any, ...]


def earnings(query: Query) -> Iterator[tuple[Group, Figures]]:
    """Figures of the credits under the query's model; a group comes once for each currency.

    Values without a currency are no money.
    """
    for part, is_summed in stretches(query, set(NAMES)):
        if not is_summed:
            yield from figures_of(by_credit(part), query)
            continue
        yield from figures_of(by_sums(part), query)
        yield from unsettled(part) if query.model in SINGLE_CLICK else pages_by_credit(part)


def figures_of(rows: Any, query: Query) -> Iterator[tuple[Group, Figures]]:
    places = len(query.by)
    for row in rows:
        code, millions, rest, waited, more, credit, unattributed, from_trial, *others = row[places:]
        waited = waited * MILLION + more
        figures = Figures(0, 0, 0, credit, unattributed, from_trial, waited, *others)
        figures.pages_after -= figures.pages_before  # as yet all pages
        if code:
            figures.revenue = {code: millions * MILLION + rest}
        yield row[:places], figures


def by_sums(query: Query) -> Any:
    """Rows as those of `by_credit`, from what is kept of whole days."""
    view, record = of_earnings(), EarningRecord
    no_click = Case(None, [(record.origin == 0, record.credit)], 0)
    summed = (
        record.millions,
        record.rest,
        record.waited,
        record.waited_rest,
        record.credit,
        no_click,
        record.from_trial,
        record.pages_before,
        record.pages_seen,
    )
    columns = *map(fn.SUM, summed), fn.MIN(record.fastest), fn.MAX(record.longest)
    rows = record.select(*view.keys(query), record.currency, *columns)
    rows = rows.left_outer_join(OriginRecord, on=OriginRecord.id == record.origin)
    rows = rows.where(record.model == query.model, record.event == query.event)
    return view.grouped(rows, query, record.currency)


def unsettled(query: Query) -> Iterator[tuple[Group, Figures]]:
    """The pageviews after conversions that the sums do not count yet.

    From the few persons to their conversions and credits: SQLite keeps the order of CROSS joins.
    """
    lately, conversion, record = UnsettledRecord, ConversionRecord, CreditRecord
    view = View(of_credits(is_fine=False).columns, at=conversion.occurred_at)
    more = fn.SUM(record.credit * lately.pageviews)
    rows = lately.select(*view.keys(query), more).join(conversion, JOIN.CROSS)
    rows = with_origins(rows.join_from(conversion, record, JOIN.CROSS)).where(
        conversion.owner == lately.owner,
        conversion.event == query.event,
        record.owner == conversion.owner,
        record.conversion == conversion.digest,
        record.model == query.model,
    )
    for *group, pages in view.grouped(rows, query):
        yield tuple(group), Figures(pages_after=pages)
