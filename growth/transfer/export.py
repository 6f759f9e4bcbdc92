"""Reads facts, visits and conversions as rows, from one snapshot of the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from peewee import Tuple

from growth import reports
from growth.attribution.facts import DAY
from growth.database.statements import database, key
from growth.database.tables import CostRecord, PageviewRecord
from growth.query.query import Query, load_query
from growth.query.zones import date_of
from growth.reports.columns import of_pageviews
from growth.reports.lists import pageview_row
from growth.schemas.money import from_minor

LISTS = {
    "conversions": ("conversion", "occurred_at"),
    "visits": ("visit", "started_at"),
    "pageviews": ("pageview", "created_at"),
    "events": ("event", "created_at"),
}
"""For each kind of row, the `by` and `sort` with which GET /attribution lists the rows."""

ROWS = 1_000
"""Number of rows to read at once."""


class Export:
    """Reads rows of the kind `what`, such as `visits`, page by page.

    `params` select the rows, like the parameters of GET /attribution. Raises a Problem if one of
    them is invalid, before the caller writes anything.

    `as_of` is set with the first page of conversions. It is the time up to which the export has all
    changes of conversions.
    """

    def __init__(
        self, what: str, conversions: tuple[str, ...], now: int, params: Mapping[str, str]
    ) -> None:
        self.what = what
        self.conversions = conversions
        self.now = now
        self.params = params
        self.as_of: str | None = None
        self.following: str | None = None
        self.query()  # raises a Problem

    def rows(self) -> Iterator[dict[str, Any]]:
        if self.what in TABLE_ROWS:
            with database.atomic("DEFERRED"):
                yield from TABLE_ROWS[self.what](self.query())
            return
        for query in self.pages():
            answer = reports.answer(query)
            self.as_of = answer.get("as_of", self.as_of)
            yield from answer["results"]
            self.following = answer["next"]

    def query(self, **more: str) -> Query:
        by, sort = LISTS["visits" if self.what == "costs" else self.what]
        asked = {"by": by, "sort": sort, "limit": str(ROWS), **self.params, **more}
        return load_query(asked, self.now, self.conversions)

    def pages(self, **more: str) -> Iterator[Query]:
        """Yield the query of each page.

        Before the caller asks for the next query, it sets `self.following` to the cursor of the
        next page. After the last page, the caller sets `self.following` to None.
        """
        self.following, query = None, self.query(**more)
        with database.atomic("DEFERRED"):
            yield query
            while self.following is not None:
                yield self.query(**more, cursor=self.following)


def pageview_rows(query: Query) -> Iterator[dict[str, Any]]:
    """Pageviews, sorted by visitor and then by time.

    No index serves a sort by time alone, because such an index would slow down every write.
    """
    record, after = PageviewRecord, ("", 0, "")
    place = Tuple(record.fingerprint, record.created_at, record.digest)
    kept = (~record.is_bot, *of_pageviews().kept(query))
    while True:
        rows = record.select().where(place > Tuple(*after), *kept)
        found = list(rows.order_by(*key(record)).limit(ROWS).namedtuples())
        yield from map(pageview_row, found)
        if len(found) < ROWS:
            return
        after = (found[-1].fingerprint, found[-1].created_at, found[-1].digest)


def cost_rows(query: Query) -> Iterator[dict[str, Any]]:
    """Costs as they were sent, sorted by day. `growth import costs` can read these rows."""
    record = CostRecord
    rows = record.select().order_by(record.day, record.sent_source, record.sent_campaign)
    if query.start is not None:
        rows = rows.where(record.day >= -(-query.start // DAY))
    if query.end is not None:
        rows = rows.where(record.day < -(-query.end // DAY))
    for each in rows.namedtuples().iterator():
        yield {
            "day": date_of(each.day).isoformat(),
            "source": each.sent_source,
            "medium": each.sent_medium or None,
            "campaign": each.sent_campaign or None,
            "content": each.sent_content or None,
            "amount": from_minor(each.amount, each.currency),
            "currency": each.currency,
            "clicks": each.clicks,
            "impressions": each.impressions,
        }


TABLE_ROWS = {"pageviews": pageview_rows, "costs": cost_rows}
"""Functions that read pageviews and costs straight from their tables.

All other kinds of rows are read as lists of GET /attribution. That endpoint has no list of costs,
and its list of pageviews is slow, because no index has all pageviews in the order of time.
"""
