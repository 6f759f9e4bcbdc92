"""Answers the queries of GET /attribution, each from one snapshot of the database."""

from __future__ import annotations

from typing import Any

from growth.query.query import Query
from growth.reports.conversions import conversions
from growth.reports.durations import histogram
from growth.reports.events import event_counts, event_list
from growth.reports.groups import groups
from growth.reports.lists import pageview_list, visit_list
from growth.reports.persons import persons

REPORTS = {
    "groups": groups,
    "events": event_counts,
    "visit_duration": histogram,
    "user": persons,
    "conversion": conversions,
    "visit": visit_list,
    "pageview": pageview_list,
    "event": event_list,
}


def answer(query: Query) -> dict[str, Any]:
    """The answer to a query, in the format of docs/api.md. The caller opens the transaction."""
    return {"query": query.as_asked(), **REPORTS[query.report](query)}
