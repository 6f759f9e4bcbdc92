"""How clicks and conversions are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from growth.attribution.credit import MODELS, SINGLE_CLICK, WHOLE
from growth.attribution.facts import SECOND
from growth.attribution.visits import Visit
from growth.models import CreditRecord, VisitRecord
from growth.models.base import Statement, fields, param
from growth.models.visit import COLUMNS, from_row
from growth.reports.credits import is_click
from growth.reports.figures import ratio
from growth.schemas.money import from_minor
from growth.schemas.query import Query
from growth.schemas.times import format_time

Touches = Mapping[str, list[tuple[str, int, Visit | None]]]
"""By conversion's digest: model, credit in millionths, and click."""


def click(visit: Visit | None, occurred_at: int | None = None) -> dict[str, Any] | None:
    """A visit as the thing that brought the visitor, and how long before `occurred_at` it was."""
    if visit is None:
        return None
    origin = visit.origin
    shown: dict[str, Any] = {
        "at": format_time(visit.started_at),
        "channel": origin.channel,
        "source": origin.source,
        "medium": origin.medium,
        "campaign": origin.campaign,
        "content": origin.content,
        "term": origin.term,
        "paid": origin.paid,
        "landing_page": origin.landing_page,
        "url": visit.url,
        "referrer_url": visit.referrer_url,
        "click_ids": dict(origin.click_ids),
    }
    if occurred_at is not None:
        shown["seconds_before"] = ratio(occurred_at - visit.started_at, SECOND)
    return shown


def credits_with_clicks(*models: str) -> Any:
    """The credits of one conversion with their clicks, earliest click first."""
    return (
        CreditRecord.select(CreditRecord.model, CreditRecord.credit, *fields(VisitRecord))
        .left_outer_join(VisitRecord, on=is_click())
        .where(
            CreditRecord.owner == param("owner"),
            CreditRecord.conversion == param("conversion"),
            CreditRecord.model.in_(models),
        )
        .order_by(CreditRecord.position, CreditRecord.model)
    )


FIRST_AND_LAST = Statement(lambda: credits_with_clicks(*SINGLE_CLICK))
ALL = Statement(lambda: credits_with_clicks(*MODELS))


def touches_of(records: Iterable[Any], query: Query) -> Touches:
    """The clicks that conversions credit: first and last, or all that earn credit if asked for.

    Looked up one conversion after the other: two lists of keys would be crossed.
    """
    statement = ALL if "touches" in query.include else FIRST_AND_LAST
    found: dict[str, list[tuple[str, int, Visit | None]]] = {}
    for record in records:
        clicks: dict[Any, Visit | None] = {None: None}
        found[record.digest] = touches = []
        for model, credit, *visit in statement.rows(owner=record.owner, conversion=record.digest):
            digest = visit[DIGEST]
            if digest not in clicks:
                clicks[digest] = from_row(tuple(visit))
            touches.append((model, credit, clicks[digest]))
    return found


DIGEST = COLUMNS.index("digest")


def conversion(record: Any, touches: Touches, pageviews: int) -> dict[str, Any]:
    """A conversion with its clicks; `pageviews` are all that its person has seen."""
    at = record.occurred_at
    clicks = {model: visit for model, _, visit in touches.get(record.digest, ())}
    first, last = clicks.get("first_click"), clicks.get("last_click")
    return {
        "id": record.fact_id or record.digest,
        "event": record.event,
        "occurred_at": format_time(at),
        "value": None if record.value is None else from_minor(record.value, record.currency),
        "currency": record.currency,
        "first_click": click(first, at),
        "last_click": click(last, at),
        "time_to_convert": ratio(at - first.started_at, SECOND) if first else None,
        "visits_before": record.visits_before,
        "pages_before": record.pages_before,
        "pages_after": pageviews - record.pages_before,
        "revision": record.revision,
        "changed_at": format_time(record.changed_at),
    }


def all_touches(record: Any, touches: Touches) -> list[dict[str, Any]]:
    """Every click of a conversion with its credit under each model."""
    found: dict[str, dict[str, Any]] = {}
    for model, credit, visit in touches.get(record.digest, ()):
        if visit is not None:
            shown = found.setdefault(
                visit.digest, {**(click(visit, record.occurred_at) or {}), "credit": {}}
            )
            shown["credit"][model] = credit / WHOLE
    return sorted(found.values(), key=lambda shown: str(shown["at"]))
