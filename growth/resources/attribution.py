"""GET /attribution."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import falcon

from growth import reports
from growth.attribution.facts import MINUTE
from growth.database.statements import database
from growth.database.tables.mark import state
from growth.http.caching import is_known, send, tag_of
from growth.http.context import Request
from growth.query.query import Query, load_query, read_params
from growth.reports.deadline import deadline
from growth.resources.turns import Turns
from growth.settings import Settings

NOW = re.compile("visit|hour|day|week|month")
"""Values of `by` whose answers depend on the current time."""


class Attribution:
    """Answers questions: where a user came from, what a campaign brought."""

    def __init__(
        self, settings: Settings, clock: Callable[[], int], is_due: Callable[[], str]
    ) -> None:
        """`is_due` says why a rebuild is due, which a header tells."""
        self.settings = settings
        self.clock = clock
        self.is_due = is_due
        self.turns = Turns(settings.threads, settings.report_seconds)

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        params = read_params(req.query_string)
        query = load_query(params, self.now(params), self.settings.conversions)
        with self.turns.taken():
            try:
                database.persist(lambda: self.answer(req, resp, query))
            finally:
                database.release()

    on_head = on_get

    def answer(self, req: Request, resp: falcon.Response, query: Query) -> None:
        with deadline(self.settings.report_seconds), database.atomic("DEFERRED"):
            if stale := self.is_due():
                resp.set_header("Growth-Stale", stale)
            tag = tag_of(query, self.settings.edition, state())  # in the same transaction
            if not is_known(req, resp, tag):
                send(req, resp, reports.answer(query), tag)

    def now(self, params: Mapping[str, Any]) -> int:
        """The current minute if the answer depends on the time, else 0."""
        words = {"last", "status", "timezone"} & set(params)
        is_of_now = words or NOW.search(str(params.get("by")))
        return self.clock() // MINUTE * MINUTE if is_of_now else 0
