"""GET /attribution?by=user: whom the ids name, or whom visits show, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from peewee import fn

from growth.attribution.facts import owner_key, user
from growth.database.statements import rows_of
from growth.database.tables import VisitRecord
from growth.query.query import Query
from growth.query.words import PERSON
from growth.reports.identity import owners_of
from growth.reports.lists import listed
from growth.reports.person import person
from growth.reports.views import of_visits


def persons(query: Query) -> dict[str, Any]:
    """The persons whom the ids name; a shared device may name several, an unknown id none.

    Without ids, all persons with a visit that the query keeps, by the first such visit.
    """
    if set(PERSON) & set(query.filters):
        owners, following = named(query)
    else:
        owners, following = newest(query)
    found = (person(owner, query) for owner in owners)
    return {"results": [each for each in found if each is not None], "next": following}


def named(query: Query) -> tuple[list[str], str | None]:
    after = query.position[0] if query.position else ""
    owners = {user(user_id) for user_id in query.filters.get("user_id", ())}
    for fingerprint in query.filters.get("fingerprint", ()):
        owners |= owners_of(fingerprint)
    left = sorted(owner for owner in owners if owner > after)
    shown = left[: query.limit]
    return shown, query.cursor(shown[-1]) if len(left) > len(shown) else None


VISITS = 200
"""Visits that are looked at at once."""


class First(NamedTuple):
    """The first visit of a person."""

    fingerprint: str
    user_id: str | None
    started_at: int
    digest: str


def newest(query: Query) -> tuple[list[str], str | None]:
    """By their first visits, which no later visit changes."""
    rows, at = first_of_visitors(query), replace(query, limit=VISITS)
    found: list[First] = []
    while True:
        some, following = listed(rows, First, VisitRecord.started_at, VisitRecord.digest, at)
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
    """The visits that the query keeps; of those that are nobody's, the first of each visitor."""
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
    rows = visit.select(*(getattr(visit, name) for name in First._fields))
    return rows.where(~fn.EXISTS(earlier), *of_visits().kept(query))


def first_of_users(some: Sequence[First], query: Query) -> list[First]:
    """Those of the visits that are nobody's, or the first of their users that the query keeps."""
    visit, kept = VisitRecord, of_visits().kept(query)
    is_theirs = visit.user_id.in_({each.user_id for each in some} - {None})
    began = visit.select(visit.user_id, fn.MIN(visit.started_at).alias("at"))
    began = began.where(is_theirs, *kept).group_by(visit.user_id).cte("began", materialized=True)
    is_first = (visit.user_id == began.c.user_id) & (visit.started_at == began.c.at)
    rows = visit.select(visit.user_id, fn.MIN(visit.digest)).from_(began).join(visit, on=is_first)
    known = dict(rows_of(rows.where(*kept).group_by(visit.user_id).with_cte(began)))
    return [each for each in some if each.user_id is None or known.get(each.user_id) == each.digest]
