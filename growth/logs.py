"""The log: lines of JSON on stdout, each with the id of its request."""

from __future__ import annotations

import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

import orjson

MOST_IDS = 20
"""The most request ids in a log line about a transaction."""

request_ids: ContextVar[tuple[str, ...]] = ContextVar("request_ids", default=())
"""The id of the request that this thread handles.

In the writer's thread, these are the ids of all requests of the transaction.
"""


class JsonLine(logging.Formatter):
    """Formats a record as a line of JSON. `extra={"fields": …}` adds members to the line."""

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
    """The members of a log line that say which requests it is about."""
    if len(ids) < 2:
        return {"request_id": ids[0]} if ids else {}
    return {"requests": len(ids), "request_ids": ids[:MOST_IDS]}


def set_up(level: str, stream: TextIO) -> None:
    """Write log records of `level` and above to `stream`, as lines of JSON."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLine())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Our lines do not show the thread, the process or the source file. Looking up these three takes
    # longer than all other work on a line.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    # growth logs the migrations that it applies.
    logging.getLogger("peewee.migrations").setLevel(logging.WARNING)
    # By default, waitress logs each request that waits for a thread.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
