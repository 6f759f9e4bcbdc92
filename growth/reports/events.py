"""Reports on events instead of credit: the number of events by group, and the list of events."""

from __future__ import annotations

from typing import Any

import orjson
from peewee import Select, fn

from growth.database.statements import database
from growth.database.tables import EventRecord
from growth.query.query import Query
from growth.reports.buckets import label
from growth.reports.columns import of_events
from growth.reports.paging import Order, listed, page_of_groups
from growth.reports.timeline import add_timeline
from growth.reports.users import add_users, users_by_event
from growth.schemas.money import from_minor
from growth.schemas.times import format_time

Group = tuple[Any, ...]


def event_counts(query: Query) -> dict[str, Any]:
    """The number of events by group."""
    columns, found = of_events(), dict[Group, int]()
    rows = EventRecord.select(*columns.keys(query), fn.COUNT(EventRecord.created_at))
    for *keys, number in columns.grouped(of_event_name(rows, query), query):
        group = tuple(map(label, query.by, keys))
        found[group] = found.get(group, 0) + number
    groups, following = page_of_groups(found, event_order(query), query)
    results = [
        {**dict(zip(query.by, group, strict=True)), "events": found[group]} for group in groups
    ]
    totals: dict[str, Any] = {"events": sum(found.values())}
    if "events" not in query.metrics:
        for row in (totals, *results):
            del row["events"]
    add_timeline(results, totals, query)
    if "users" in query.include:
        rows = of_event_name(EventRecord.select(*columns.keys(query)), query)
        add_users(results, groups, users_by_event(rows, query), query)
    return {"totals": totals, "results": results, "next": following}


def event_order(query: Query) -> Order[int]:
    name = query.sort.removeprefix("-")

    def rank(group: Group, events: int) -> list[Any]:
        return [group[query.by.index(name)] if name in query.by else events]

    return Order(rank, then=lambda events: [-events])


def of_event_name(rows: Any, query: Query) -> Any:
    """Limit `rows` to events with the name in the query.

    With `in_any_case`, upper and lower case are ignored.
    """
    if query.event is None:
        return rows
    names = spellings(query.event) if query.in_any_case else [query.event]
    return rows.where(EventRecord.name.in_(names))


def spellings(name: str) -> list[str]:
    """The name, and all stored names that differ from it only in upper and lower case."""
    sent = names_sent()
    rows = sent.select_from(sent.c.name).where(fn.LOWER(sent.c.name) == name.lower()).tuples()
    return sorted({name, *(found for (found,) in rows.bind(database))})


def names_sent() -> Any:
    """A CTE that selects the names of all events, each name once.

    There are many events, but few names. So the CTE is recursive: it looks up one name after the
    other in the index, and does not read all events. A cluster refuses recursive queries on
    distributed tables. There, the CTE reads the whole index.
    """
    column, later = EventRecord.name, EventRecord.alias("later")
    if database.is_cluster:
        return EventRecord.select(column).distinct().cte("sent", columns=("name",))
    first = EventRecord.select(fn.MIN(column)).cte("sent", recursive=True, columns=("name",))
    following = later.select(fn.MIN(later.name)).where(later.name > first.c.name)
    return first.union_all(Select([first], [following]).where(first.c.name.is_null(False)))


def event_list(query: Query) -> dict[str, Any]:
    """Events as sent, newest first."""
    rows = of_event_name(EventRecord.select(), query).where(*of_events().kept(query))
    found, following = listed(rows, EventRecord.created_at, EventRecord.digest, query)
    return {"results": [event_row(each) for each in found], "next": following}


def event_row(event: Any) -> dict[str, Any]:
    return {
        "id": event.fact_id or event.digest,
        "name": event.name,
        "created_at": format_time(event.created_at),
        "fingerprint": event.fingerprint,
        "user_id": event.user_id,
        "session_id": event.session_id,
        "order_id": event.order_id,
        "category": event.category,
        "country": event.country,
        "value": None if event.value is None else from_minor(event.value, event.currency),
        "currency": event.currency,
        "data": None if event.data is None else orjson.loads(event.data),
    }
