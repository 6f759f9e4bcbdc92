"""Connections to PostgreSQL: how they are opened, by what psycopg documents for that.

- `cursor_factory` and `context` of `psycopg.connect`: the class of cursors, and adapters;
- `prepared_max` of a connection;
- `options` of libpq: settings of the session.

https://www.psycopg.org/psycopg3/docs/api/connections.html
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import count
from typing import Any, Self

import psycopg
from psycopg.adapt import AdaptersMap, Loader
from psycopg.conninfo import conninfo_to_dict

CONNECTING = {"connect_timeout": 5, "application_name": "growth", "client_encoding": "utf8"}
"""What a URL need not say."""

SESSION = {
    "lock_timeout": "2s",  # as long as on SQLite
    "statement_timeout": "30s",  # no longer than a request waits for its answer
    "idle_in_transaction_session_timeout": "60s",
    "jit": "off",  # to compile our queries takes longer than to run them
}

STATEMENTS = 400
"""Prepared statements that a connection keeps: all of the write path and the common questions."""

PLACEHOLDER = re.compile("%s|%%")
"""A placeholder, or what stands for the sign itself."""


class Cursor(psycopg.RawCursor[Any]):
    """Takes queries as peewee writes them, and reads their placeholders once.

    psycopg keeps no query of more than 50 values, and looks for their placeholders each time: that
    takes longer than to execute it.
    """

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        asked = query if params is None else numbered(query)
        return super().execute(asked, params, **options)


@lru_cache(maxsize=1_000)
def numbered(sql: str) -> bytes:
    """The statement with the numbers that PostgreSQL takes for placeholders, instead of `%s`."""
    numbers = count(1)
    return PLACEHOLDER.sub(lambda m: f"${next(numbers)}" if m[0] == "%s" else "%", sql).encode()


class WholeLoader(Loader):
    """Reads NUMERIC, which here is a sum of BIGINT: all our numbers are whole."""

    def load(self, data: Any) -> int:
        return int(bytes(data))


ADAPTERS = AdaptersMap(psycopg.adapters)
ADAPTERS.register_loader("numeric", WholeLoader)


def libpq_parameters(url: str) -> dict[str, Any]:
    """What `psycopg.connect` is told besides the URL; the URL's own words come first."""
    told = conninfo_to_dict(url)
    session = " ".join(f"-c {name}={value}" for name, value in SESSION.items())
    return {
        **{name: value for name, value in CONNECTING.items() if name not in told},
        "options": f"{session} {told.get('options', '')}".strip(),
        "cursor_factory": Cursor,
        "context": ADAPTERS,
    }
