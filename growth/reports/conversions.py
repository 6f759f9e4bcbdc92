"""GET /attribution?by=conversion: conversions flat, the feed for offline-conversion uploads."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from peewee import fn

from growth.attribution.facts import user_of
from growth.database.statements import fields, names_of
from growth.database.tables import ConversionRecord, CreditRecord
from growth.database.tables.conversion import latest_change
from growth.ledger.conversions import Conversion
from growth.query.query import Query
from growth.query.words import ORIGINS
from growth.reports.clicks import all_touches, conversion, ends_of, touches_of
from growth.reports.credits import FINE, clicks, pageviews_of, with_clicks, with_origins
from growth.reports.lists import listed_at_once
from growth.reports.views import View, of_conversions, of_credits
from growth.schemas.times import format_time

Listed = namedtuple("Listed", (*names_of(Conversion), "pageviews"))  # type: ignore[misc]
"""A conversion, and how many pageviews its person has seen in all."""


def conversions(query: Query) -> dict[str, Any]:
    """Conversions newest first; with `changed_since` also what was taken back since.

    `as_of` is the instant of the latest change that the first page knew of: ask for what changed
    since then the next time.
    """
    record, at = ConversionRecord, getattr(ConversionRecord, query.sort.removeprefix("-"))
    as_of = query.position[2] if query.position else latest_change()
    found, following = listed_at_once(rows_of, Listed, at, record.digest, query, as_of)
    ends, touches = ends_of(found), touches_of(found, query)
    return {
        "results": [shown(each, ends, touches, query) for each in found],
        "as_of": None if not as_of else format_time(as_of),
        "next": following,
    }


def rows_of(query: Query) -> Any:
    """The columns of `Listed`."""
    record = ConversionRecord
    return matching(query).select(*fields(record), pageviews_of(record.owner))


def matching(query: Query) -> Any:
    """The conversions that the query keeps."""
    record = ConversionRecord
    rows = record.select().where(*of_conversions().kept(query))
    if query.changed_since is None:
        rows = rows.where(record.is_conversion)
    else:
        rows = rows.where(record.revision > 0, record.changed_at >= query.changed_since)
    if query.event is not None:
        rows = rows.where(record.event == query.event)
    if names := set(query.filters) & {*ORIGINS, "country"}:
        found, steps = credited_as_asked(query, names)
        rows = rows.where(fn.EXISTS(found)).with_cte(*steps)
    return rows


def credited_as_asked(query: Query, names: set[str]) -> tuple[Any, list[Any]]:
    """The credits of a conversion whose clicks have the values that the query keeps, and the steps
    before that."""
    record, credit = ConversionRecord, CreditRecord
    columns = of_credits(is_fine=bool(FINE & names)).columns
    view = View({name: columns[name] for name in names})
    is_asked = credit.model == query.model
    rows, steps = credit.select(credit.credit), list[Any]()
    if FINE & names:
        clicked, steps = clicks(is_asked)
        rows = with_clicks(rows, clicked)
    else:
        rows = with_origins(rows)
    is_its = (credit.owner == record.owner) & (credit.conversion == record.digest)
    return rows.where(is_its, is_asked, *view.filtered(query)), steps


def shown(record: Any, ends: Any, touches: Any, query: Query) -> dict[str, Any]:
    """One conversion and whose it is; `retracted` if it no longer counts."""
    found = {
        "user_id": user_of(record.owner),
        "fingerprint": record.fingerprint,
        **conversion(record, ends, record.pageviews),
        "retracted": not record.is_conversion,
    }
    if "touches" in query.include:
        found["touches"] = all_touches(record, touches)
    return found
