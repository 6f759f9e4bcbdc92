"""How clicks and conversions are shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from growth.attribution.credit import MODELS, SINGLE_CLICK, WHOLE
from growth.attribution.facts import SECOND
from growth.models import CreditRecord, VisitRecord
from growth.models.base import Batch, asked
from growth.reports.credits import is_click
from growth.reports.figures import ratio
from growth.schemas.money import from_minor
from growth.schemas.query import Query
from growth.schemas.times import format_time

CLICK = [
    getattr(VisitRecord, name)
    for name in (
        "digest",
        "started_at",
        "channel",
        "source",
        "medium",
        "campaign",
        "content",
        "term",
        "paid",
        "landing_page",
        "url",
        "referrer_url",
        "click_ids",
    )
]
"""The columns of visits that make a click, as `click_of` takes them."""


class Click(NamedTuple):
    """A visit as the thing that brought the visitor: when it began, and how it is shown."""

    digest: str
    started_at: int
    shown: dict[str, Any]

    def before(self, at: int) -> dict[str, Any]:
        """How it is shown as the click of a conversion at an instant."""
        return {**self.shown, "seconds_before": ratio(at - self.started_at, SECOND)}


def click_of(columns: Sequence[Any]) -> Click:
    """The click of a row of `CLICK`."""
    (digest, started_at, channel, source, medium, campaign, content, term, paid, landing_page, url,
     referrer_url, click_ids) = columns  # fmt: skip
    shown = {
        "at": format_time(started_at),
        "channel": channel,
        "source": source,
        "medium": medium,
        "campaign": campaign,
        "content": content,
        "term": term,
        "paid": bool(paid),
        "landing_page": landing_page,
        "url": url,
        "referrer_url": referrer_url,
        "click_ids": dict(orjson.loads(click_ids)),
    }
    return Click(digest, started_at, shown)


Touch = tuple[str, int, int, Click | None]
"""A model, a click's place among those of the conversion, its credit in millionths, and itself."""

Touches = Mapping[str, list[Touch]]
"""By conversion's digest."""


def credits_with_clicks(size: int, *models: str) -> Any:
    """The credits of so many conversions with their clicks."""
    theirs, record = asked(size, "owner", "conversion"), CreditRecord
    is_its = (record.owner == theirs.c.owner) & (record.conversion == theirs.c.conversion)
    return (
        record.select(record.conversion, record.model, record.position, record.credit, *CLICK)
        .from_(theirs)
        .join(record, on=is_its)
        .left_outer_join(VisitRecord, on=is_click())
        .where(record.model.in_(models))
        .with_cte(theirs)
    )


FIRST_AND_LAST = Batch(lambda size: credits_with_clicks(size, *SINGLE_CLICK))
ALL = Batch(lambda size: credits_with_clicks(size, *MODELS))


def touches_of(conversions: Iterable[Any], query: Query) -> Touches:
    """The clicks that conversions credit: first and last, or all that earn credit if asked for."""
    batch = ALL if "touches" in query.include else FIRST_AND_LAST
    found: defaultdict[str, list[Touch]] = defaultdict(list)
    clicks: dict[Any, Click | None] = {None: None}
    asked_for = [(each.owner, each.digest) for each in conversions]
    for digest, model, place, credit, *click in batch.rows(asked_for):
        if click[0] not in clicks:
            clicks[click[0]] = click_of(click)
        found[digest].append((model, place, credit, clicks[click[0]]))
    return found


def conversion(record: Any, touches: Touches, pageviews: int) -> dict[str, Any]:
    """A conversion with its clicks; `pageviews` are all that its person has seen."""
    at = record.occurred_at
    clicks = {model: click for model, _, _, click in touches.get(record.digest, ())}
    first, last = clicks.get("first_click"), clicks.get("last_click")
    first_click = first and first.before(at)
    return {
        "id": record.fact_id or record.digest,
        "event": record.event,
        "occurred_at": format_time(at),
        "value": None if record.value is None else from_minor(record.value, record.currency),
        "currency": record.currency,
        "first_click": first_click,
        "last_click": first_click if last is first else last and last.before(at),
        "time_to_convert": ratio(at - first.started_at, SECOND) if first else None,
        "visits_before": record.visits_before,
        "pages_before": record.pages_before,
        "pages_after": pageviews - record.pages_before,
        "revision": record.revision,
        "changed_at": format_time(record.changed_at),
    }


def all_touches(record: Any, touches: Touches) -> list[dict[str, Any]]:
    """Every click of a conversion with its credit under each model, earliest first."""
    found: dict[int, dict[str, Any]] = {}
    touched = sorted(touches.get(record.digest, ()), key=lambda touch: touch[:2])
    for model, place, credit, click in touched:
        if click is not None:
            told = {**click.before(record.occurred_at), "credit": {}}
            found.setdefault(place, told)["credit"][model] = credit / WHOLE
    return [found[place] for place in sorted(found)]
