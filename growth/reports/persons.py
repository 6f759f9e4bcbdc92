"""GET /attribution?by=user: the persons with the given ids, or all persons, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from peewee import fn

from growth.attribution.facts import fingerprint_of, is_lead, owner_key, user, user_of
from growth.database.tables import VisitRecord
from growth.query.query import Query
from growth.query.words import PERSON
from growth.reports.clicks import conversion, shown_click
from growth.reports.columns import of_visits
from growth.reports.known import Known, known_of
from growth.reports.owners import owners_of
from growth.reports.paging import listed
from growth.schemas.times import format_time


def persons(query: Query) -> dict[str, Any]:
    """The persons with the ids that the filters name.

    A fingerprint may lead to several persons, because a device can be shared. Without ids, the
    answer lists all persons with a visit that passes the filters. The persons are sorted
    by their first such visit.
    """
    by_name = set(PERSON) & set(query.filters)
    owners, following = named(query) if by_name else newest(query)
    return {"results": described(owners, query), "next": following}


def named(query: Query) -> tuple[list[str], str | None]:
    after = query.position[0] if query.position else ""
    owners = {user(user_id) for user_id in query.filters.get("user_id", ())}
    owners |= owners_of(query.filters.get("fingerprint", ()))
    left = sorted(owner for owner in owners if owner > after)
    shown = left[: query.limit]
    return shown, query.cursor(shown[-1]) if len(left) > len(shown) else None


AT_ONCE = 5
"""Number of visits that are read at once for each person on a page.

Many persons have several visits, of which only the first is used. With a number above 1, one query
usually finds enough first visits to fill the page.
"""


def newest(query: Query) -> tuple[list[str], str | None]:
    """The owners on one page, sorted by their first visit, and the cursor of the next page.

    Later visits do not change this order.
    """
    rows, at = first_of_visitors(query), replace(query, limit=AT_ONCE * query.limit)
    found: list[Any] = []
    while True:
        some, following = listed(rows, VisitRecord.started_at, VisitRecord.digest, at)
        found += first_of_users(some, query)
        if following is None or len(found) > query.limit:
            break
        at = replace(at, position=[some[-1].started_at, some[-1].digest])
    shown = found[: query.limit]
    owners = [owner_key(each.fingerprint, each.user_id) for each in shown]
    if len(shown) == len(found):
        return owners, None
    return owners, query.cursor(shown[-1].started_at, shown[-1].digest)


def first_of_visitors(query: Query) -> Any:
    """Select the visits that pass the filters.

    A visit that belongs to no user is selected only if it is the first such visit of its visitor.
    """
    visit, other = VisitRecord, VisitRecord.alias("other")
    is_before = (other.started_at < visit.started_at) | (
        (other.started_at == visit.started_at) & (other.digest < visit.digest)
    )
    earlier = other.select(other.digest).where(
        other.fingerprint == visit.fingerprint,
        visit.user_id.is_null() & other.user_id.is_null(),
        is_before,
        *of_visits(other).kept(query),
    )
    rows = visit.select(visit.fingerprint, visit.user_id, visit.started_at, visit.digest)
    return rows.where(~fn.EXISTS(earlier), *of_visits().kept(query))


def first_of_users(some: Sequence[Any], query: Query) -> list[Any]:
    """Leave out all visits of a user except the user's first visit that passes the filters."""
    visit, kept = VisitRecord, of_visits().kept(query)
    is_theirs = visit.user_id.in_({each.user_id for each in some} - {None})
    began = visit.select(visit.user_id, fn.MIN(visit.started_at).alias("at"))
    began = began.where(is_theirs, *kept).group_by(visit.user_id).cte("began", materialized=True)
    is_first = (visit.user_id == began.c.user_id) & (visit.started_at == began.c.at)
    rows = visit.select(visit.user_id, fn.MIN(visit.digest)).from_(began).join(visit, on=is_first)
    known = dict(rows.where(*kept).group_by(visit.user_id).with_cte(began).tuples())
    return [each for each in some if each.user_id is None or known.get(each.user_id) == each.digest]


def described(owners: Sequence[str], query: Query) -> list[dict[str, Any]]:
    """The persons as an answer shows them. An owner of whom nothing is stored is left out."""
    known = known_of(owners, query)
    return [person_row(owner, known, query) for owner in owners if known.spans.get(owner)]


def person_row(owner: str, known: Known, query: Query) -> dict[str, Any]:
    seen, spans = known.seen[owner], known.spans[owner]
    pageviews = sum(each.pageviews for each in seen)
    first_visit = known.first_visits.get(owner)
    return {
        "user_id": user_of(owner),
        "fingerprints": fingerprints(owner, known),
        "state": known.states.get(owner, "visitor"),
        "visits": sum(each.visits for each in seen),
        "pageviews": pageviews,
        "first_seen": format_time(min(first for first, _ in spans)),
        "last_seen": format_time(max(last for _, last in spans)),
        "first_visit": first_visit and shown_click(first_visit),
        "conversions": [
            conversion(each, known.touches, pageviews, query) for each in known.conversions[owner]
        ],
    }


def fingerprints(owner: str, known: Known) -> list[str]:
    """The fingerprints of the person. The fingerprint of a lead without a visit is left out."""
    found = {each.fingerprint for each in known.seen[owner]}
    found |= {name for name in known.devices[owner] if not is_lead(name)}
    own = fingerprint_of(owner)
    return sorted(found if own is None else found | {own})
