"""GET /healthz."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import falcon

from growth.database.engines import DatabaseError, StoppedError
from growth.database.faults import DRIVER, LOCKED, SLOW, Fault, fault_of
from growth.database.health import require_answers
from growth.database.tables.mark import maintenance_at
from growth.http.context import Request
from growth.http.errors import Problem, unavailable
from growth.recorder import BusyError, Recorder

WAITING = (LOCKED, SLOW)
"""If a check fails for one of these reasons during a maintenance command, the answer is 200."""


class Healthz:
    """Answers 200 if the service can commit facts and read the database now, and 503 if not.

    Requests that may not read reports get no details. `clock` returns microseconds.
    """

    def __init__(
        self, recorder: Recorder, clock: Callable[[], int], is_due: Callable[[], str]
    ) -> None:
        self.recorder = recorder
        self.clock = clock
        self.is_due = is_due

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        details: dict[str, Any] = {}
        try:
            require_answers()
            self.recorder.check()
        except (BusyError, DatabaseError, StoppedError, *DRIVER) as ex:
            fault = ex.fault if isinstance(ex, BusyError) else fault_of(ex)
            work = maintenance_at(self.clock()) if fault.reason in WAITING else None
            if work is None:
                raise unhealthy(req, fault) from ex
            details["waiting_for"] = work
        if stale := self.is_due():
            details["stale"] = stale
        resp.media = {"status": "ok", **(details if req.context.is_reader else {})}

    on_head = on_get


def unhealthy(req: Request, fault: Fault) -> Problem:
    """The 503 for a fault. It has a cause only if the request may read reports."""
    req.context.fault = fault.reason, fault.cause
    if req.context.is_reader:
        return unavailable(fault.reason, fault.detail, fault.may_pass, cause=fault.cause)
    return Problem(falcon.HTTP_503, "The service cannot work now.")
