"""GET /attribution."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import falcon
import orjson

from growth import reports
from growth.attribution.facts import MINUTE
from growth.attribution.rules import Rules
from growth.database.statements import database
from growth.database.tables.mark import state
from growth.http.caching import is_known, send, tag_of
from growth.http.context import Request
from growth.http.sheets import CSV, to_csv
from growth.http.strict_json import JSON
from growth.query.query import Query, load_query, read_params
from growth.resources.limits import Turns, deadline
from growth.settings import Settings


class Attribution:
    """Answers questions, such as where a user came from, or how much revenue a campaign brought."""

    def __init__(
        self,
        settings: Settings,
        rules: Rules,
        clock: Callable[[], int],
        is_due: Callable[[], str],
    ) -> None:
        """`is_due` returns why a rebuild is due, or '' if none is due."""
        self.settings = settings
        self.rules = rules
        self.clock = clock
        self.is_due = is_due
        self.turns = Turns(settings.threads, settings.report_seconds)

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        params = read_params(req.query_string)
        params.setdefault("format", "csv" if req.client_prefers((JSON, CSV)) == CSV else "json")
        resp.append_header("Vary", "Accept")
        minute = self.clock() // MINUTE * MINUTE
        query = load_query(params, minute, self.settings.conversions, self.rules)
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
            # The transaction of the report also reads the state, so the tag fits the answer.
            tag = tag_of(query, self.settings.edition, state())
            if not is_known(req, resp, tag):
                found = reports.answer(query)
                write = as_csv if query.format == "csv" else as_json
                send(req, resp, write(resp, query, found), tag)


def as_json(resp: falcon.Response, query: Query, found: Mapping[str, Any]) -> bytes:
    """The answer as JSON."""
    resp.content_type = JSON
    return orjson.dumps(found)


def as_csv(resp: falcon.Response, query: Query, found: Mapping[str, Any]) -> bytes:
    """The rows of the answer as CSV. `as_of` and `next` become headers. Totals are left out."""
    resp.content_type = f"{CSV}; charset=utf-8"
    resp.downloadable_as = f"growth-{'-'.join(query.by)}.csv"
    if found.get("as_of"):
        resp.set_header("Growth-As-Of", found["as_of"])
    if found["next"]:
        resp.set_header("Growth-Next", found["next"])
    return to_csv(found["results"])
