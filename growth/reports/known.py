"""Reads the stored data of many persons with a few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, NamedTuple

from peewee import Select, Value, fn

from growth.attribution.conversions import STATES
from growth.attribution.facts import fingerprint_of, owner_key, user, user_of
from growth.attribution.visits import rank_of
from growth.database.tables import (
    ConversionRecord,
    DeviceRecord,
    EventRecord,
    RemnantRecord,
    VisitRecord,
)
from growth.query.query import Query
from growth.reports.clicks import (
    Key,
    Touches,
    credits_with_clicks,
    keys_of,
    touches_in,
    visits_at,
)


class Seen(NamedTuple):
    """Totals of a person's visits on one device; times are in microseconds."""

    user_id: str | None
    fingerprint: str
    first_at: int
    last_at: int
    visits: int
    pageviews: int


@dataclass(frozen=True, slots=True)
class Known:
    """The stored data of some persons. `touches` is keyed by conversion, the rest by owner."""

    seen: dict[str, list[Seen]]
    devices: dict[str, set[str]]
    spans: dict[str, list[tuple[int, int]]]
    states: dict[str, str]
    first_visits: dict[str, Any]
    conversions: dict[str, list[Any]]
    touches: Touches


def known_of(owners: Sequence[str], query: Query) -> Known:
    """Read the data of persons. Reading takes at most seven statements for any number."""
    seen, rows = seen_by(owners), conversions_of(owners, query)
    conversions = grouped(each for each in rows if each.is_listed)
    credited = credits_with_clicks((each for some in conversions.values() for each in some), query)
    visits = visits_at(keys_of(credited) | first_keys(seen))
    return Known(
        seen=seen,
        devices=devices_of(owners),
        spans=spans_of(owners, seen),
        states=states_of(owners, rows),
        first_visits=first_of(visits),
        conversions=conversions,
        touches=touches_in(credited, visits),
    )


def seen_by(owners: Iterable[str]) -> dict[str, list[Seen]]:
    """Each person's visits, summed by device. Visits without a user are found by fingerprint."""
    visit = VisitRecord
    rows = visit.select(
        visit.user_id,
        visit.fingerprint,
        fn.MIN(visit.started_at),
        fn.MAX(visit.last_at),
        fn.COUNT(visit.digest),
        fn.SUM(visit.pageviews),
    ).group_by(visit.user_id, visit.fingerprint)
    users, visitors = names_in(owners, user_of), names_in(owners, fingerprint_of)
    parts = [rows.where(visit.user_id.in_(users))] if users else []
    if visitors:
        parts.append(rows.where(visit.fingerprint.in_(visitors), visit.user_id.is_null()))
    found = defaultdict[str, list[Seen]](list)
    for row in united(parts):
        each = Seen(*row)
        found[owner_key(each.fingerprint, each.user_id)].append(each)
    return found


def united(parts: Sequence[Any]) -> list[Any]:
    """The rows of several queries, read with one statement."""
    return list(reduce(Select.union_all, parts).tuples()) if parts else []


def names_in(owners: Iterable[str], name_of: Any) -> list[str]:
    """The user ids or fingerprints that `name_of` reads from owner keys, without None."""
    return [name for owner in owners if (name := name_of(owner)) is not None]


def first_keys(seen: dict[str, list[Seen]]) -> set[Key]:
    """The keys of each person's first visit, or of several that began at the same instant."""
    found = set()
    for devices in seen.values():
        first_at = min(each.first_at for each in devices)
        found |= {(each.fingerprint, first_at) for each in devices if each.first_at == first_at}
    return found


def first_of(visits: Iterable[Any]) -> dict[str, Any]:
    """The first visit of each owner. Visits are ordered by `rank_of`."""
    found: dict[str, Any] = {}
    for each in sorted(visits, key=rank_of, reverse=True):
        found[owner_key(each.fingerprint, each.user_id)] = each
    return found


def devices_of(owners: Iterable[str]) -> dict[str, set[str]]:
    """The visitors that each user has ever claimed."""
    device, found = DeviceRecord, defaultdict[str, set[str]](set)
    if users := names_in(owners, user_of):
        rows = device.select(device.user_id, device.fingerprint).where(device.user_id.in_(users))
        for user_id, fingerprint in rows.tuples():
            found[user(user_id)].add(fingerprint)
    return found


def spans_of(
    owners: Sequence[str], seen: dict[str, list[Seen]]
) -> dict[str, list[tuple[int, int]]]:
    """First and last instants of each person's events, conversions, and visits on each device."""
    event, record = EventRecord, ConversionRecord
    counts = record.is_conversion | record.event.in_(STATES)
    parts = [
        span_by_owner(event.subject, event.created_at, event.subject.in_(owners)),
        span_by_owner(record.owner, record.occurred_at, record.owner.in_(owners) & counts),
    ]
    if users := names_in(owners, user_of):
        parts.append(
            span_by_owner(event.user_id, event.created_at, event.user_id.in_(users), Value("u:"))
        )
    found = defaultdict[str, list[tuple[int, int]]](list)
    for owner, first, last in united(parts):
        found[owner].append((first, last))
    for owner, devices in seen.items():
        found[owner] += [(each.first_at, each.last_at) for each in devices]
    return found


def span_by_owner(owner: Any, at: Any, theirs: Any, prefix: Any = None) -> Any:
    name = owner if prefix is None else prefix.concat(owner)
    return at.model.select(name, fn.MIN(at), fn.MAX(at)).where(theirs).group_by(owner)


def conversions_of(owners: Sequence[str], query: Query) -> list[Any]:
    """The persons' conversions that the query asks for, earliest first.

    All signups, trials and unsubscribes are included, too, because `states_of` needs them.
    `is_listed` is true for the conversions that the query asks for.
    """
    record = ConversionRecord
    listed = record.is_conversion
    if query.start is not None:
        listed &= record.occurred_at >= query.start
    if query.end is not None:
        listed &= record.occurred_at < query.end
    if query.event is not None:
        listed &= record.event == query.event
    rows = record.select(record, listed.alias("is_listed")).where(
        record.owner.in_(owners), listed | record.event.in_(STATES)
    )
    return list(rows.order_by(record.occurred_at, record.digest).namedtuples())


def grouped(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found = defaultdict[str, list[Any]](list)
    for row in rows:
        found[row.owner].append(row)
    return found


def states_of(owners: Sequence[str], conversions: Iterable[Any]) -> dict[str, str]:
    """The state of each person: the name of the latest signup, trial or unsubscribe.

    Purged events decide the state only of a person who has none of these events left.
    """
    remnant = RemnantRecord
    rows = remnant.select(remnant.subject, remnant.kind).where(
        remnant.subject.in_(owners), remnant.kind.in_(STATES)
    )
    purged = rows.order_by(remnant.created_at, remnant.kind.desc()).tuples()
    return dict(purged) | {each.owner: each.event for each in conversions if each.event in STATES}
