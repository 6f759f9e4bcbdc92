"""The access log: one line for each request, without its query and its body."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Collection, Mapping
from typing import Any

import falcon

from growth.http.context import Request
from growth.logs import request_ids

log = logging.getLogger("growth.request")

QUIET = ("/healthz",)
"""Paths whose good answers are logged at DEBUG."""

MAX_PATH = 200
GIVEN_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)


class AccessLog:
    """Middleware that names each request and logs its answer; it comes first.

    `known` are names of fields and parameters, which a line may tell: others are the sender's.
    """

    def __init__(self, known: Collection[str] = ()) -> None:
        self.known = known

    def process_request(self, req: Request, resp: falcon.Response) -> None:
        given = req.get_header("X-Request-Id") or ""
        req.context.id = given if GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
        req.context.began = time.perf_counter()
        request_ids.set((req.context.id,))
        resp.set_header("X-Request-Id", req.context.id)

    def process_response(
        self, req: Request, resp: falcon.Response, resource: object, is_done: bool
    ) -> None:
        level = logging.WARNING if resp.status_code >= 500 else logging.INFO
        if req.path in QUIET and resp.status_code < 500:
            level = logging.DEBUG
        if log.isEnabledFor(level):
            log.log(level, "request", extra={"fields": self.members(req, resp)})
        request_ids.set(())  # the thread's next lines are of no request

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
        return found

    def reason(self, problem: Mapping[str, Any]) -> str:
        """A problem in short: its detail, and the fields that it is about."""
        errors = problem.get("errors")
        if not isinstance(errors, dict):
            return str(problem["detail"])
        names = {name if name in self.known else "a name that is not ours" for name in errors}
        return f"{problem['detail']} {', '.join(sorted(names))}"
