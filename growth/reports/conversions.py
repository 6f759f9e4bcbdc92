"""GET /attribution?by=conversion: a list of conversions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from peewee import JOIN, fn

from growth.attribution.facts import user_of
from growth.database.tables import ConversionRecord, CreditRecord, PersonRecord
from growth.database.tables.conversion import latest_change
from growth.query.query import Query
from growth.query.words import ORIGINS, without_sign
from growth.reports.clicks import conversion, touches_of
from growth.reports.columns import Columns, of_conversions, of_credits
from growth.reports.credits import FINE, clicks, with_clicks, with_origins
from growth.reports.paging import listed
from growth.schemas.times import format_time


def conversions(query: Query) -> dict[str, Any]:
    """The list of conversions.

    With `changed_since`, it has only conversions that were changed or retracted since then.

    `as_of` is the time of the latest change to any conversion before the first page was read. A
    client that sends this time as `changed_since` gets the later changes.
    """
    record, at = ConversionRecord, getattr(ConversionRecord, query.sort.removeprefix("-"))
    as_of = query.position[2] if query.position else latest_change()
    found, following = listed(matching(query), at, record.digest, query, as_of)
    touches = touches_of(found, query)
    return {
        "results": [conversion_row(each, touches, query) for each in found],
        "as_of": None if not as_of else format_time(as_of),
        "next": following,
    }


def matching(query: Query) -> Any:
    """The conversions that the query asks for, each with its person's number of pageviews."""
    record, person = ConversionRecord, PersonRecord
    pageviews = fn.COALESCE(person.pageviews, 0).alias("pageviews")
    rows = record.select(record, pageviews).join(
        person, JOIN.LEFT_OUTER, on=person.owner == record.owner
    )
    rows = rows.where(*of_conversions().kept(query))
    if query.changed_since is None:
        rows = rows.where(record.is_conversion)
    else:
        rows = rows.where(record.revision > 0, record.changed_at >= query.changed_since)
    if query.event is not None:
        rows = rows.where(record.event == query.event)
    if names := {*map(without_sign, query.filters)} & {*ORIGINS, "country"}:
        found, steps = credited_as_asked(query, names)
        rows = rows.where(fn.EXISTS(found)).with_cte(*steps)
    return rows


def credited_as_asked(query: Query, names: set[str]) -> tuple[Any, list[Any]]:
    """A subquery that selects credits of a conversion, and the CTEs that the subquery needs.

    It selects credits under the query's model that pass the filters by the dimensions `names`.
    """
    record, credit = ConversionRecord, CreditRecord
    by_name = of_credits(is_fine=bool(FINE & names)).by_name
    filters = {name: each for name, each in query.filters.items() if without_sign(name) in names}
    passed = Columns(by_name).filtered(replace(query, filters=filters))
    is_asked = credit.model == query.model
    rows, steps = with_origins(credit.select(credit.credit)), list[Any]()
    if FINE & names:
        clicked, steps = clicks(is_asked)
        rows = with_clicks(rows, clicked)
    is_its = (credit.owner == record.owner) & (credit.conversion == record.digest)
    return rows.where(is_its, is_asked, *passed), steps


def conversion_row(record: Any, touches: Any, query: Query) -> dict[str, Any]:
    """A conversion with its person, as an answer shows it."""
    return {
        "user_id": user_of(record.owner),
        "fingerprint": record.fingerprint,
        **conversion(record, touches, record.pageviews, query),
        "retracted": not record.is_conversion,
    }
