"""Persons as an answer shows them: their visits, states and conversions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from growth.attribution.facts import fingerprint_of, is_lead, user_of
from growth.query.query import Query
from growth.reports.clicks import conversion, shown_click
from growth.reports.known import Known, known_of
from growth.schemas.times import format_time


def described(owners: Sequence[str], query: Query) -> list[dict[str, Any]]:
    """The persons as an answer shows them, in this order. Unknown owners are left out."""
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
    """The fingerprints of the person. The id of a lead is included only if visits have it."""
    found = {each.fingerprint for each in known.seen[owner]}
    found |= {name for name in known.devices[owner] if not is_lead(name)}
    own = fingerprint_of(owner)
    return sorted(found if own is None else found | {own})
