"""What is known of one person, and what brought them."""

from __future__ import annotations

from typing import Any

from peewee import Value, fn

from growth.attribution.conversions import STATES
from growth.attribution.facts import fingerprint_of, is_lead, user_of
from growth.database.statements import Statement, param
from growth.database.tables import (
    ConversionRecord,
    DeviceRecord,
    EventRecord,
    RemnantRecord,
    VisitRecord,
)
from growth.database.tables.conversion import BETWEEN
from growth.database.tables.visit import SEEN, OfOwner
from growth.ledger.conversions import Conversion
from growth.ledger.history import BEGINNING, END
from growth.query.query import Query
from growth.reports.clicks import CLICK, all_touches, click_of, conversion, ends_of, touches_of
from growth.schemas.times import format_time


def person(owner: str, query: Query) -> dict[str, Any] | None:
    """What is known of one person, or None."""
    seen = span(owner)
    if seen is None:
        return None
    [(visits, pageviews)] = SEEN.rows(owner)
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
    found = SPANS.rows(owner)
    edges = [edge for row in found for edge in row if edge is not None]
    return (min(edges), max(edges)) if edges else None


def fingerprints(owner: str) -> list[str]:
    """The visitors that are, or have visits of, the person; of leads those that have visits."""
    rows = VISITORS.rows(owner)
    found = {name for name, has_visit in rows if has_visit or not is_lead(name)}
    own = fingerprint_of(owner)
    return sorted(found if own is None else found | {own})


def state(owner: str) -> str:
    """The latest of signup, trial and unsubscribe, purged ones last; `visitor` before any."""
    latest = STATE.row(owner=owner) or PURGED_STATE.row(owner=owner) or ("visitor",)
    return str(latest[0])


def first_visit(owner: str) -> dict[str, Any] | None:
    rows = FIRST_VISIT.rows(owner)
    return click_of(rows[0]).shown if rows else None


def conversions_of(owner: str, query: Query, pageviews: int) -> list[dict[str, Any]]:
    """The conversions of the person, earliest first."""
    start = BEGINNING if query.start is None else query.start
    end = END if query.end is None else query.end
    rows = [Conversion(*row) for row in BETWEEN.rows(owner=owner, since=start, until=end - 1)]
    records = [each for each in rows if each.is_conversion and query.event in (None, each.event)]
    ends, touches = ends_of(records), touches_of(records, query)
    shown = [conversion(record, ends, pageviews) for record in records]
    if "touches" in query.include:
        for each, record in zip(shown, records, strict=True):
            each["touches"] = all_touches(record, touches)
    return shown


def spans(owned: Any) -> Any:
    """The first and the last of visits, of events under either id, and of what is tracked."""
    record = ConversionRecord
    counts = record.is_conversion | record.event.in_(STATES)
    parts = [
        first.model.select(fn.MIN(first), fn.MAX(last)).where(*theirs)
        for first, last, *theirs in (
            (VisitRecord.started_at, VisitRecord.last_at, owned),
            (*[EventRecord.created_at] * 2, EventRecord.subject == param("owner")),
            (*[EventRecord.created_at] * 2, EventRecord.user_id == param("user_id")),
            (*[record.occurred_at] * 2, record.owner == param("owner"), counts),
        )
    ]
    return parts[0].union_all(parts[1]).union_all(parts[2]).union_all(parts[3])


SPANS = OfOwner(spans)
VISITORS = OfOwner(
    lambda owned: (
        VisitRecord.select(VisitRecord.fingerprint, Value(1))
        .where(owned)
        .union(
            DeviceRecord.select(DeviceRecord.fingerprint, Value(0)).where(
                DeviceRecord.user_id == param("user_id")
            )
        )
    )
)
STATE = Statement(
    lambda: (
        ConversionRecord.select(ConversionRecord.event)
        .where(ConversionRecord.owner == param("owner"), ConversionRecord.event.in_(STATES))
        .order_by(ConversionRecord.occurred_at.desc(), ConversionRecord.digest.desc())
        .limit(1)
    )
)
PURGED_STATE = Statement(
    lambda: (
        RemnantRecord.select(RemnantRecord.kind)
        .where(RemnantRecord.subject == param("owner"), RemnantRecord.kind.in_(STATES))
        .order_by(RemnantRecord.created_at.desc(), RemnantRecord.kind)
        .limit(1)
    )
)
FIRST_VISIT = OfOwner(
    lambda owned: (
        VisitRecord.select(*CLICK)
        .where(owned)
        .order_by(  # as Visit.rank
            VisitRecord.started_at,
            VisitRecord.is_direct,
            VisitRecord.url,
            fn.COALESCE(VisitRecord.referrer_url, ""),
            VisitRecord.digest,
        )
        .limit(1)
    )
)
