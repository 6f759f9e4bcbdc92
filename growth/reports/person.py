"""What is known of one person, and what brought them."""

from __future__ import annotations

from typing import Any

from peewee import fn

from growth.attribution.conversions import STATES
from growth.models import (
    ConversionRecord,
    CreditRecord,
    DeviceRecord,
    EventRecord,
    RemnantRecord,
    VisitRecord,
)
from growth.models import person as people
from growth.models.base import fields
from growth.models.visit import from_row
from growth.reports.clicks import (
    all_touches,
    click,
    conversion,
    credits_with_clicks,
    touches_of,
)
from growth.reports.identity import user_of
from growth.reports.views import of_conversions
from growth.schemas.query import Query
from growth.schemas.times import format_time


def person(owner: str, query: Query) -> dict[str, Any] | None:
    """What is known of one person, or None."""
    seen = span(owner)
    if seen is None:
        return None
    visits, pageviews = people.TOTALS.row(owner=owner) or (0, 0)
    return {
        "user_id": user_of(owner),
        "fingerprints": fingerprints(owner),
        "state": state(owner),
        "visits": visits,
        "pageviews": pageviews,
        "first_seen": format_time(seen[0]),
        "last_seen": format_time(seen[1]),
        "first_visit": first_visit(owner),
        "conversions": conversions_of(owner, query, pageviews),
    }


def span(owner: str) -> tuple[int, int] | None:
    """When the person was first and last seen, in visits and events; None if never."""
    events = EventRecord.subject == owner
    if owner.startswith("u:"):
        events |= EventRecord.user_id == owner[2:]
    record = ConversionRecord
    counts = (record.owner == owner) & (record.is_conversion | record.event.in_(STATES))
    edges = [
        edge
        for first, last, owned in (
            (VisitRecord.started_at, VisitRecord.last_at, VisitRecord.owner == owner),
            (EventRecord.created_at, EventRecord.created_at, events),
            (record.occurred_at, record.occurred_at, counts),
        )
        for edge in first.model.select(fn.MIN(first), fn.MAX(last)).where(owned).tuples().get()
        if edge is not None
    ]
    return (min(edges), max(edges)) if edges else None


def fingerprints(owner: str) -> list[str]:
    """The visitors that are, or have visits of, the person."""
    found = {
        fingerprint
        for (fingerprint,) in VisitRecord.select(VisitRecord.fingerprint)
        .where(VisitRecord.owner == owner)
        .distinct()
        .tuples()
    }
    if owner.startswith("v:"):
        return sorted(found | {owner[2:]})
    devices = DeviceRecord.select(DeviceRecord.fingerprint).where(DeviceRecord.user_id == owner[2:])
    return sorted(found | {fingerprint for (fingerprint,) in devices.tuples()})


def state(owner: str) -> str:
    """The latest of signup, trial and unsubscribe; `visitor` before any."""
    latest = (
        ConversionRecord.select(ConversionRecord.event)
        .where(ConversionRecord.owner == owner, ConversionRecord.event.in_(STATES))
        .order_by(ConversionRecord.occurred_at.desc(), ConversionRecord.digest.desc())
        .scalar()
    )
    return latest or purged_state(owner) or "visitor"


def purged_state(owner: str) -> str | None:
    """The latest state among what was purged."""
    found: str | None = (
        RemnantRecord.select(RemnantRecord.kind)
        .where(RemnantRecord.subject == owner, RemnantRecord.kind.in_(STATES))
        .order_by(RemnantRecord.created_at.desc(), RemnantRecord.kind)
        .scalar()
    )
    return found


def first_visit(owner: str) -> dict[str, Any] | None:
    rows = (
        VisitRecord.select(*fields(VisitRecord))
        .where(VisitRecord.owner == owner)
        .order_by(  # as Visit.rank
            VisitRecord.started_at,
            VisitRecord.is_direct,
            VisitRecord.url,
            fn.COALESCE(VisitRecord.referrer_url, ""),
            VisitRecord.digest,
        )
        .limit(1)
        .tuples()
    )
    return next((click(from_row(row)) for row in rows), None)


def conversions_of(owner: str, query: Query, pageviews: int) -> list[dict[str, Any]]:
    """The conversions of the person, earliest first."""
    has_touches = "touches" in query.include
    touches = touches_of(credits_with_clicks(has_touches).where(CreditRecord.owner == owner))
    records = ConversionRecord.select().where(
        ConversionRecord.owner == owner,
        ConversionRecord.is_conversion,
        *of_conversions().within(query),
    )
    if query.event is not None:
        records = records.where(ConversionRecord.event == query.event)
    shown = []
    for record in records.order_by(ConversionRecord.occurred_at, ConversionRecord.digest):
        shown.append(conversion(record, touches, pageviews))
        if has_touches:
            shown[-1]["touches"] = all_touches(record, touches)
    return shown
