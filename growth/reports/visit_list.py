"""GET /attribution?by=visit: visits, newest first."""

from __future__ import annotations

from typing import Any

from growth.attribution.facts import SECOND
from growth.attribution.visits import VISIT_TIMEOUT
from growth.database.tables import VisitRecord
from growth.query.query import Query
from growth.reports.clicks import shown_click
from growth.reports.figures import ratio
from growth.reports.lists import listed
from growth.reports.views import of_visits
from growth.schemas.times import format_time


def visit_list(query: Query) -> dict[str, Any]:
    """Visits, shown like clicks, with their owner and duration."""
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
