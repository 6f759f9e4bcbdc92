"""Keeps refused input of authenticated senders, without secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import falcon
import orjson

from growth.attribution.facts import DAY
from growth.database.faults import DRIVER
from growth.http.access_log import MAX_PATH
from growth.http.context import Request
from growth.http.strict_json import JSON, NDJSON, kind_and_text
from growth.ledger.rejects import Reject
from growth.recorder import BusyError
from growth.rejects.redaction import redact


class RejectKeeper:
    """Middleware that keeps refused input of authenticated senders, including invalid JSON.

    Input that is too large is not kept. `record` commits rejects. If `record` fails, the rejects
    are lost, and only counted. No answer promises that a reject is kept.
    """

    def __init__(
        self,
        record: Callable[[Sequence[Reject]], Any],
        clock: Callable[[], int],
        days: int,
        secrets: Sequence[str],
    ) -> None:
        self.record = record
        self.clock = clock
        self.days = days
        self.secrets = secrets

    def process_response(
        self, req: Request, resp: falcon.Response, resource: object, is_done: bool
    ) -> None:
        if req.context.is_anonymous or req.context.is_dry_run:
            return
        found = [self.reject(req.path, *each) for each in refused(req)]
        try:
            self.record(found)
        except (BusyError, *DRIVER):
            req.context.lost_rejects = len(found)

    def reject(self, path: str, kind: str, text: str, reason: Any) -> Reject:
        now = self.clock()
        given = orjson.dumps(reason, option=orjson.OPT_NON_STR_KEYS).decode()
        body, why = redact(text, self.secrets), redact(given, self.secrets)
        path = path[:MAX_PATH].replace("\0", "\ufffd")
        return Reject(path, kind, body, why, now, now - self.days * DAY)


def refused(req: Request) -> Iterator[tuple[str, str, Any]]:
    """The content type, text and reason of each refused item, or of the whole refused request."""
    if req.context.receipt is not None:
        for each in req.context.receipt.get("rejected", ()):
            kind, text = kind_and_text(req.context.received[each["index"]])
            if text:
                yield kind, text, each["errors"]
        return
    body, problem = req.context.body, req.context.problem
    if body is not None and problem is not None and problem["status"] == 400:
        kind = NDJSON if NDJSON in (req.content_type or "") else JSON
        yield kind, body.decode("utf-8", "replace"), problem.get("errors", problem["detail"])
