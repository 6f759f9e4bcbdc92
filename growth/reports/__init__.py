"""The read side: one query, one snapshot of the database, one answer."""

from __future__ import annotations

from typing import Any

from growth.models.base import database
from growth.reports.conversions import conversions
from growth.reports.groups import groups
from growth.reports.persons import persons
from growth.schemas.query import Query

LISTS = {"user": persons, "conversion": conversions}


def answer(query: Query) -> dict[str, Any]:
    """The answer to a query, as design section 3 shapes it, from one state of the database."""
    report = LISTS.get(query.by[0], groups)
    with database.atomic("DEFERRED"):
        return {"query": query.as_asked(), **report(query), "next": None}
