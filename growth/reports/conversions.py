"""GET /attribution?by=conversion: conversions flat, the feed for offline-conversion uploads."""

from __future__ import annotations

from typing import Any

from peewee import fn

from growth.attribution.facts import user
from growth.models import ConversionRecord, CreditRecord
from growth.reports.clicks import all_touches, conversion, pageviews_of, touches_of
from growth.reports.period import within
from growth.reports.persons import owners_of
from growth.schemas.query import Query
from growth.schemas.times import format_time


def conversions(query: Query) -> dict[str, Any]:
    """Conversions newest first; with `changed_since` also what was taken back since.

    `as_of` is the instant of the latest change that the answer knows of: ask for what changed
    since then the next time.
    """
    records = matching(query)
    touches = touches_of(CreditRecord.conversion.in_([record.digest for record in records]))
    as_of = ConversionRecord.select(fn.MAX(ConversionRecord.changed_at)).scalar()
    return {
        "results": [shown(record, touches, query) for record in records],
        "as_of": None if not as_of else format_time(as_of),
    }


def matching(query: Query) -> list[Any]:
    """The conversions that the query keeps, each with its person's `pageviews`."""
    seen = pageviews_of(ConversionRecord.owner)
    rows = within(
        ConversionRecord.select(ConversionRecord, seen.alias("pageviews")),
        ConversionRecord.occurred_at,
        query,
    )
    if query.changed_since is None:
        rows = rows.where(ConversionRecord.is_conversion)
    else:
        rows = rows.where(
            ConversionRecord.revision > 0, ConversionRecord.changed_at >= query.changed_since
        )
    if query.event is not None:
        rows = rows.where(ConversionRecord.event == query.event)
    if query.user_id:
        rows = rows.where(ConversionRecord.owner.in_([user(each) for each in query.user_id]))
    if query.fingerprint:
        owners = {owner for each in query.fingerprint for owner in owners_of(each)}
        rows = rows.where(ConversionRecord.owner.in_(sorted(owners)))
    return list(rows.order_by(ConversionRecord.occurred_at.desc(), ConversionRecord.digest.desc()))


def shown(record: Any, touches: Any, query: Query) -> dict[str, Any]:
    """One conversion and whose it is; `retracted` if it no longer counts."""
    found = {
        "user_id": record.owner[2:] if record.owner.startswith("u:") else None,
        "fingerprint": record.fingerprint,
        **conversion(record, touches, record.pageviews),
        "retracted": not record.is_conversion,
    }
    if "touches" in query.include:
        found["touches"] = all_touches(record, touches)
    return found
