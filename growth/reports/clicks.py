"""Loads the clicks that got credit for conversions. Shows clicks and conversions in answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

import orjson

from growth.attribution.credit import MODEL_NAMES, WHOLE
from growth.attribution.facts import SECOND
from growth.attribution.visits import rank_of
from growth.database.compiled import select_joined
from growth.database.statements import value_rows
from growth.database.tables import CreditRecord, VisitRecord
from growth.query.query import Query
from growth.reports.figures import ratio
from growth.schemas.money import from_minor
from growth.schemas.times import format_time

PLAIN = ("channel", "source", "medium", "campaign", "content", "term")
"""Columns of visits that an answer shows unchanged in a click."""

CLICK = [
    getattr(VisitRecord, name)
    for name in (
        *("digest", "started_at"),
        *PLAIN,
        *("paid", "landing_page", "url", "referrer_url", "click_ids"),
    )
]
"""The columns of visits that are needed to show a click."""

VISIT = [VisitRecord.fingerprint, VisitRecord.user_id, VisitRecord.is_direct, *CLICK]

CREDIT = [
    getattr(CreditRecord, name)
    for name in ("conversion", "model", "position", "credit", "fingerprint", "started_at", "click")
]

Key = tuple[str, int]
"""The fingerprint and the start of a visit."""


class Touch(NamedTuple):
    """A click that got credit for a conversion under one model. `credit` is in millionths."""

    model: str
    position: int
    credit: int
    click: Any


ENDS = ("first_click", "last_click")
"""The models whose clicks are shown with every conversion."""

Touches = Mapping[str, list[Touch]]
"""The touches of conversions, keyed by the digest of the conversion."""


def touches_of(conversions: Iterable[Any], query: Query) -> Touches:
    credited = credits_with_clicks(conversions, query)
    return touches_in(credited, visits_at(keys_of(credited)))


def credits_with_clicks(conversions: Iterable[Any], query: Query) -> list[Any]:
    """The credits of conversions, except those of unattributed conversions, which have no click.

    With include=touches, credits under all models are read, else credits under the models in ENDS.
    """
    models = MODEL_NAMES if "touches" in query.include else ENDS
    keys, record = [(each.owner, each.digest) for each in conversions], CreditRecord
    if not keys:
        return []
    given = value_rows(keys, "owner", "conversion")
    is_its = (record.owner == given.c.owner) & (record.conversion == given.c.conversion)
    rows = select_joined(given, record, is_its, *CREDIT)
    return list(rows.where(record.model.in_(models), record.click.is_null(False)).namedtuples())


def keys_of(credited: Iterable[Any]) -> set[Key]:
    return {(each.fingerprint, each.started_at) for each in credited}


def visits_at(keys: Collection[Key]) -> list[Any]:
    """The visits with the given keys.

    The keys come from credits that were read before. A join of credits and visits would not do,
    because a cluster stores a credit on the worker of its person, and a visit on the worker of its
    visitor.
    """
    if not keys:
        return []
    given, visit = value_rows(sorted(keys), "fingerprint", "started_at"), VisitRecord
    is_its = (visit.fingerprint == given.c.fingerprint) & (visit.started_at == given.c.started_at)
    return list(select_joined(given, visit, is_its, *VISIT).namedtuples())


def touches_in(credited: Iterable[Any], visits: Iterable[Any]) -> Touches:
    """The touches of each conversion, made of its credits and of the visits that got the credit.

    A credit is left out if its visit was purged.
    """
    found, clicks = defaultdict[str, list[Touch]](list), {each.digest: each for each in visits}
    for each in credited:
        if each.click in clicks:
            touch = Touch(each.model, each.position, each.credit, clicks[each.click])
            found[each.conversion].append(touch)
    return found


def shown_click(visit: Any) -> dict[str, Any]:
    """The click of a visit, as an answer shows it."""
    return {
        "at": format_time(visit.started_at),
        **{name: getattr(visit, name) for name in PLAIN},
        "paid": visit.paid,
        "landing_page": visit.landing_page,
        "url": visit.url,
        "referrer_url": visit.referrer_url,
        "click_ids": dict(orjson.loads(visit.click_ids)),
    }


def shown_before(visit: Any, at: int) -> dict[str, Any]:
    """A click, as an answer shows it in a conversion. `at` is the time of the conversion."""
    return {**shown_click(visit), "seconds_before": ratio(at - visit.started_at, SECOND)}


def conversion(record: Any, touches: Touches, pageviews: int, query: Query) -> dict[str, Any]:
    """A conversion, as an answer shows it. `pageviews` is the number of its person's pageviews."""
    at, touched = record.occurred_at, touches.get(record.digest, [])
    ends = {each.model: each.click for each in touched if each.model in ENDS}
    first, last = (shown_before(ends[model], at) if model in ends else None for model in ENDS)
    shown = {
        "id": record.fact_id or record.digest,
        "event": record.event,
        "occurred_at": format_time(at),
        "order_id": record.order_id,
        "value": None if record.value is None else from_minor(record.value, record.currency),
        "refunded": from_minor(record.refunded, record.currency),
        "currency": record.currency,
        "first_click": first,
        "last_click": last,
        "time_to_convert": first and first["seconds_before"],
        "visits_before": record.visits_before,
        "pages_before": record.pages_before,
        "pages_after": pageviews - record.pages_before,
        "revision": record.revision,
        "changed_at": format_time(record.changed_at),
    }
    if "touches" in query.include:
        shown["touches"] = shown_touches(touched, at)
    return shown


def shown_touches(touched: Iterable[Touch], at: int) -> list[dict[str, Any]]:
    """The clicks of a conversion, earliest first, each with its credit under each model."""
    found: dict[str, dict[str, Any]] = {}
    for touch in sorted(
        touched, key=lambda each: (rank_of(each.click), MODEL_NAMES.index(each.model))
    ):
        digest = touch.click.digest
        if digest not in found:
            found[digest] = {**shown_before(touch.click, at), "credit": {}}
        found[digest]["credit"][touch.model] = touch.credit / WHOLE
    return list(found.values())
