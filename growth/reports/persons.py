"""GET /attribution?by=user: whom the ids name, or whom visits show, newest first."""

from __future__ import annotations

from typing import Any, NamedTuple

from peewee import fn

from growth.attribution.facts import owner_key, user
from growth.models import VisitRecord
from growth.reports.identity import owners_of
from growth.reports.lists import listed
from growth.reports.person import person
from growth.reports.views import of_visits
from growth.schemas.query import Query
from growth.schemas.words import PERSON


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


class First(NamedTuple):
    """The first visit of a person."""

    fingerprint: str
    user_id: str | None
    started_at: int
    digest: str


def newest(query: Query) -> tuple[list[str], str | None]:
    """By their first visits, which no later visit changes."""
    visit, other = VisitRecord, VisitRecord.alias("other")
    is_before = (other.started_at < visit.started_at) | (
        (other.started_at == visit.started_at) & (other.digest < visit.digest)
    )
    earlier = other.select(other.digest).where(is_before, *of_visits(other).kept(query))
    of_user = earlier.where(other.user_id == visit.user_id)
    of_nobody = visit.user_id.is_null() & other.user_id.is_null()
    of_visitor = earlier.where(other.fingerprint == visit.fingerprint, of_nobody)
    rows = visit.select(*(getattr(visit, name) for name in First._fields))
    rows = rows.where(~fn.EXISTS(of_user), ~fn.EXISTS(of_visitor), *of_visits().kept(query))
    found, following = listed(rows, First, visit.started_at, visit.digest, query)
    return [owner_key(each.fingerprint, each.user_id) for each in found], following
