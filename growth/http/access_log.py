"""The access log: one line for each request, without its query and its body."""

from __future__ import annotations

import logging
import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

import falcon

from growth.http.context import Request
from growth.logs import request_ids

log = logging.getLogger("growth.request")

QUIET = ("/healthz", "/metrics")
"""Paths that monitoring requests often. A status below 500 is logged at the level DEBUG."""

SECONDS_BETWEEN = 1
"""The least time between two lines about 503s with the same reason."""

MAX_PATH = 200
GIVEN_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)


class Pace:
    """Lets one log line a second through for each reason of a 503, and counts the other lines."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.next: dict[str, float] = {}
        self.held: Counter[str] = Counter()

    def suppressed(self, reason: str) -> int | None:
        """The number of lines with this reason that were held back since the last written one.

        Call this for each line about a 503. None means that this line is held back, too.
        """
        with self.lock:
            now = time.monotonic()
            if now < self.next.get(reason, 0):
                self.held[reason] += 1
                return None
            self.next[reason] = now + SECONDS_BETWEEN
            return self.held.pop(reason, 0)


class AccessLog:
    """Middleware that gives each request an id and logs its answer.

    If a request is refused, its line names the wrong fields and parameters. A name
    that is not in `known` is replaced by "an unknown name", because a client can send any text.
    """

    def __init__(self, known: Collection[str] = ()) -> None:
        self.known = known
        self.pace = Pace()

    def process_request(self, req: Request, resp: falcon.Response) -> None:
        given = req.get_header("X-Request-Id") or ""
        req.context.id = given if GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
        req.context.began = time.perf_counter()
        request_ids.set((req.context.id,))
        resp.set_header("X-Request-Id", req.context.id)

    def process_response(
        self, req: Request, resp: falcon.Response, resource: object, is_done: bool
    ) -> None:
        is_bad = resp.status_code >= 500 or req.context.lost_rejects
        level = logging.WARNING if is_bad else logging.INFO
        if req.path in QUIET and not is_bad:
            level = logging.DEBUG
        suppressed = self.pace.suppressed(req.context.fault[0]) if req.context.fault else 0
        if suppressed is not None and log.isEnabledFor(level):
            found = self.members(req, resp) | ({"suppressed": suppressed} if suppressed else {})
            log.log(level, "request", extra={"fields": found})
        request_ids.set(())  # later log lines of this thread belong to no request

    def members(self, req: Request, resp: falcon.Response) -> dict[str, Any]:
        context = req.context
        found = {
            "method": req.method,
            "path": req.path[:MAX_PATH],
            "status": resp.status_code,
            "duration_ms": round((time.perf_counter() - context.began) * 1_000, 3),
            "client": req.remote_addr,
        }
        if context.token_name:
            found["token"] = context.token_name
        if receipt := context.receipt:
            counted = {"stored": receipt["stored"], "duplicates": receipt["duplicates"]}
            found |= counted | {"rejected": len(receipt["rejected"])}
        if context.problem is not None:
            found["reason"] = self.reason(context.problem)
        if context.fault is not None:
            found["reason"], found["cause"] = context.fault
        if context.lost_rejects:
            found["lost_rejects"] = context.lost_rejects
        return found

    def reason(self, problem: Mapping[str, Any]) -> str:
        """The detail of a problem, followed by the names of the wrong fields and parameters."""
        errors = problem.get("errors")
        if not isinstance(errors, dict):
            return str(problem["detail"])
        names = {name if name in self.known else "an unknown name" for name in errors}
        return f"{problem['detail']} {', '.join(sorted(names))}"
