"""The log: lines of JSON on stdout, each with the request that it is about."""

from __future__ import annotations

import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

import orjson

MOST_IDS = 20
"""Requests that a line of the writer names; it says how many there were."""

request_ids: ContextVar[tuple[str, ...]] = ContextVar("request_ids", default=())
"""The request that this thread works on; in the writer those that are committed together."""


class JsonLine(logging.Formatter):
    """A record as a line of JSON; `extra={"fields": …}` adds members to it."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **members_of(request_ids.get()),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str, option=orjson.OPT_UTC_Z).decode()


def members_of(ids: tuple[str, ...]) -> dict[str, Any]:
    """The members of a line that name its requests."""
    if len(ids) < 2:
        return {"request_id": ids[0]} if ids else {}
    return {"requests": len(ids), "request_ids": ids[:MOST_IDS]}


def set_up(level: str, stream: TextIO) -> None:
    """Log as JSON lines from `level` on."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLine())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Looking up what our lines do not tell would be most of the time a record takes.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a full queue is normal life
