"""GET /attribution?by=visit: visits, newest first."""

from __future__ import annotations

from typing import Any, NamedTuple

from growth.attribution.facts import SECOND
from growth.attribution.visits import VISIT_TIMEOUT
from growth.database.tables import VisitRecord
from growth.query.query import Query
from growth.reports.clicks import CLICK, click_of
from growth.reports.figures import ratio
from growth.reports.lists import listed
from growth.reports.views import of_visits
from growth.schemas.times import format_time


class Listed(NamedTuple):
    """A visit, and how it is shown as a click."""

    fingerprint: str
    user_id: str | None
    last_at: int
    pageviews: int
    is_first: bool
    country: str | None
    digest: str
    started_at: int
    click: dict[str, Any]


ABOUT = [getattr(VisitRecord, name) for name in Listed._fields[:6]]


def listed_visit(*columns: Any) -> Listed:
    about, click = columns[: len(ABOUT)], click_of(columns[len(ABOUT) :])
    return Listed(*[*about, *click])


def visit_list(query: Query) -> dict[str, Any]:
    """Each visit as a click, whose it is, and how long it lasted."""
    rows = VisitRecord.select(*ABOUT, *CLICK).where(*of_visits().kept(query))
    status = set(query.filters.get("status", ()))
    if len(status) == 1:
        is_open = VisitRecord.last_at > query.now - VISIT_TIMEOUT
        rows = rows.where(is_open if "open" in status else ~is_open)
    found, following = listed(rows, listed_visit, VisitRecord.started_at, VisitRecord.digest, query)
    return {"results": [shown(each, query) for each in found], "next": following}


def shown(visit: Listed, query: Query) -> dict[str, Any]:
    is_open = visit.last_at > query.now - VISIT_TIMEOUT
    return {
        "id": visit.digest,
        "fingerprint": visit.fingerprint,
        "user_id": visit.user_id,
        "status": "open" if is_open else "completed",
        "last_at": format_time(visit.last_at),
        "duration": ratio(visit.last_at - visit.started_at, SECOND),
        "pageviews": visit.pageviews,
        "is_first": bool(visit.is_first),
        "country": visit.country,
        **visit.click,
    }
