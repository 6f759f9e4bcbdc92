"""The log: one line of JSON per request and per thing worth telling, on stdout.

A line tells neither what a query asks for nor what a body holds.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from datetime import UTC, datetime
from typing import Any, TextIO

import falcon
import orjson

requests = logging.getLogger("growth.request")

QUIET = ("/healthz",)
"""Paths whose good answers are told at DEBUG only."""

COUNTS = ("stored", "duplicates", "rejected")
MAX_PATH = 200
GIVEN_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)


class JsonLine(logging.Formatter):
    """A record as a line of JSON; what `extra={"fields": …}` holds becomes members of it."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str, option=orjson.OPT_UTC_Z).decode()


def set_up(level: str, stream: TextIO) -> None:
    """Log as JSON lines from `level` on."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLine())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # What our lines do not tell is not looked up: that is most of the time a record takes.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a full queue is normal life


def new_request_id() -> str:
    return secrets.token_hex(8)


class RequestLog:
    """Middleware that names each request and logs its answer; it comes first."""

    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        given = req.get_header("X-Request-Id") or ""
        req.context.id = given if GIVEN_ID.fullmatch(given) else new_request_id()
        req.context.began = time.perf_counter()
        resp.set_header("X-Request-Id", req.context.id)

    def process_response(
        self, req: falcon.Request, resp: falcon.Response, resource: object, is_done: bool
    ) -> None:
        took = time.perf_counter() - req.context.began
        answer = getattr(req.context, "told", resp.media)
        log_request(req.method, req.path[:MAX_PATH], resp.status_code, took, req.context.id, answer)


def log_request(
    method: str, path: str, status: int, seconds: float, request_id: str, answer: Any = None
) -> None:
    """Log a request with what its `answer` says was stored; 5xx are warnings."""
    level = logging.WARNING if status >= 500 else logging.INFO
    if path in QUIET and status < 500:
        level = logging.DEBUG
    if not requests.isEnabledFor(level):
        return
    fields = {
        "method": method,
        "path": path,
        "status": status,
        "duration_ms": round(seconds * 1_000, 3),
        "request_id": request_id,
    }
    if isinstance(answer, dict) and "stored" in answer:
        fields |= counts_of(answer)
    requests.log(level, "request", extra={"fields": fields})


def counts_of(answer: dict[str, Any]) -> dict[str, int]:
    counts = {name: answer[name] for name in COUNTS}
    return counts | {"rejected": len(answer["rejected"])}
