"""How clicks and conversions are shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from growth.attribution.credit import MODELS, SINGLE_CLICK, WHOLE
from growth.attribution.facts import SECOND
from growth.attribution.visits import Visit
from growth.models import CreditRecord, VisitRecord
from growth.models.base import Batch, asked, fields
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


def credits_with_clicks(size: int, *models: str) -> Any:
    """The credits of so many conversions with their clicks, of each the earliest click first."""
    theirs, record = asked(size, "owner", "conversion"), CreditRecord
    is_its = (record.owner == theirs.c.owner) & (record.conversion == theirs.c.conversion)
    return (
        record.select(record.conversion, record.model, record.credit, *fields(VisitRecord))
        .from_(theirs)
        .join(record, on=is_its)
        .left_outer_join(VisitRecord, on=is_click())
        .where(record.model.in_(models))
        .order_by(record.position, record.model)
        .with_cte(theirs)
    )


FIRST_AND_LAST = Batch(lambda size: credits_with_clicks(size, *SINGLE_CLICK))
ALL = Batch(lambda size: credits_with_clicks(size, *MODELS))


def touches_of(conversions: Iterable[Any], query: Query) -> Touches:
    """The clicks that conversions credit: first and last, or all that earn credit if asked for."""
    batch = ALL if "touches" in query.include else FIRST_AND_LAST
    found: defaultdict[str, list[tuple[str, int, Visit | None]]] = defaultdict(list)
    clicks: dict[Any, Visit | None] = {None: None}
    for digest, model, credit, *visit in batch.rows([(c.owner, c.digest) for c in conversions]):
        first_page = visit[DIGEST]
        if first_page not in clicks:
            clicks[first_page] = from_row(tuple(visit))
        found[digest].append((model, credit, clicks[first_page]))
    return found


DIGEST = COLUMNS.index("digest")


def conversion(record: Any, touches: Touches, pageviews: int) -> dict[str, Any]:
    """A conversion with its clicks; `pageviews` are all that its person has seen."""
    at = record.occurred_at
    clicks = {model: visit for model, _, visit in touches.get(record.digest, ())}
    first, last = clicks.get("first_click"), clicks.get("last_click")
    first_click = click(first, at)
    return {
        "id": record.fact_id or record.digest,
        "event": record.event,
        "occurred_at": format_time(at),
        "value": None if record.value is None else from_minor(record.value, record.currency),
        "currency": record.currency,
        "first_click": first_click,
        "last_click": first_click if last is first else click(last, at),
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
