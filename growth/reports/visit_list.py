"""GET /attribution?by=visit: visits, newest first."""

from __future__ import annotations

from typing import Any

from growth.attribution.facts import SECOND, user_of
from growth.attribution.visits import VISIT_TIMEOUT
from growth.models import VisitRecord
from growth.models.base import fields
from growth.models.visit import from_row
from growth.reports.clicks import click
from growth.reports.figures import ratio
from growth.reports.lists import listed
from growth.reports.views import of_visits
from growth.schemas.query import Query
from growth.schemas.times import format_time


def visit_list(query: Query) -> dict[str, Any]:
    """Each visit as a click, whose it is, and how long it lasted."""
    rows = VisitRecord.select().where(*of_visits().kept(query))
    status = set(query.filters.get("status", ()))
    if len(status) == 1:
        is_open = VisitRecord.last_at > query.now - VISIT_TIMEOUT
        rows = rows.where(is_open if "open" in status else ~is_open)
    records, following = listed(rows, VisitRecord.started_at, VisitRecord.digest, query)
    return {"results": [shown(each, query) for each in records], "next": following}


def shown(record: Any, query: Query) -> dict[str, Any]:
    columns = tuple(getattr(record, field.name) for field in fields(VisitRecord))
    is_open = record.last_at > query.now - VISIT_TIMEOUT
    return {
        "id": record.digest,
        "fingerprint": record.fingerprint,
        "user_id": user_of(record.owner),
        "status": "open" if is_open else "completed",
        "last_at": format_time(record.last_at),
        "duration": ratio(record.last_at - record.started_at, SECOND),
        "pageviews": record.pageviews,
        "is_first": bool(record.is_first),
        "country": record.country,
        **(click(from_row(columns)) or {}),
    }
