"""GET /attribution?by=visit and ?by=pageview: visits and pageviews, newest first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from peewee import fn

from growth.attribution.facts import SECOND
from growth.attribution.visits import VISIT_TIMEOUT
from growth.database.tables import PageviewRecord, VisitRecord
from growth.query.query import Query
from growth.query.words import ORIGINS, without_sign
from growth.reports.clicks import shown_click
from growth.reports.columns import of_pageviews, of_visits
from growth.reports.figures import ratio
from growth.reports.paging import listed
from growth.schemas.times import format_time


def visit_list(query: Query) -> dict[str, Any]:
    """The list of visits. A row has the fields of a click, and more, such as the duration."""
    rows = VisitRecord.select().where(*of_visits().kept(query))
    status = set(query.filters.get("status", ()))
    if len(status) == 1:
        is_open = VisitRecord.last_at > query.now - VISIT_TIMEOUT
        rows = rows.where(is_open if "open" in status else ~is_open)
    found, following = listed(rows, VisitRecord.started_at, VisitRecord.digest, query)
    return {"results": [visit_as_row(each, query) for each in found], "next": following}


def visit_as_row(visit: Any, query: Query) -> dict[str, Any]:
    is_open = visit.last_at > query.now - VISIT_TIMEOUT
    return {
        "id": visit.digest,
        "fingerprint": visit.fingerprint,
        "user_id": visit.user_id,
        "status": "open" if is_open else "completed",
        "last_at": format_time(visit.last_at),
        "duration": ratio(visit.last_at - visit.started_at, SECOND),
        "pageviews": visit.pageviews,
        "is_first": visit.is_first,
        "country": visit.country,
        **shown_click(visit),
    }


OF_VISITS = {*ORIGINS, "user_id"}
"""The filters that a pageview passes if its visit passes them."""


def pageview_list(query: Query) -> dict[str, Any]:
    """The list of pageviews as they were sent, without pageviews by bots.

    A filter on `user_id` keeps the pageviews in visits that belong to the user.
    """
    record, filters = PageviewRecord, query.filters
    of_visit = {k: each for k, each in filters.items() if without_sign(k) in OF_VISITS}
    own = {k: each for k, each in filters.items() if k not in of_visit}
    kept = of_pageviews().kept(replace(query, filters=own))
    rows = record.select().where(~record.is_bot, *kept)
    if of_visit:
        rows = rows.where(*in_visits(replace(query, filters=of_visit)))
    found, following = listed(rows, record.created_at, record.digest, query)
    return {"results": [pageview_row(each) for each in found], "next": following}


def in_visits(query: Query) -> list[Any]:
    """SQL conditions that select the pageviews of visits that pass the filters.

    If there is a filter on `user_id`, one of the conditions is on `fingerprint`, because such a
    condition can use an index.
    """
    record, visit = PageviewRecord, VisitRecord
    kept = list(of_visits().filtered(query))
    is_its = (
        (visit.fingerprint == record.fingerprint)
        & (visit.started_at <= record.created_at)
        & (visit.last_at >= record.created_at)
    )
    is_in_one = fn.EXISTS(visit.select(visit.digest).where(is_its, *kept))
    if "user_id" not in query.filters:
        return [is_in_one]
    return [record.fingerprint.in_(visit.select(visit.fingerprint).where(*kept)), is_in_one]


def pageview_row(pageview: Any) -> dict[str, Any]:
    return {
        "id": pageview.fact_id or pageview.digest,
        "created_at": format_time(pageview.created_at),
        "fingerprint": pageview.fingerprint,
        "user_id": pageview.user_id,
        "url": pageview.url,
        "referrer_url": pageview.referrer_url,
        "country": pageview.country,
    }
