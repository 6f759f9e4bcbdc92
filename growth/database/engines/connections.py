"""Options of connections to PostgreSQL. psycopg documents them:

- `cursor_factory` is the class of cursors;
- `context` has the adapters, which convert values;
- `prepared_max` is the number of prepared statements that a connection keeps;
- `options` has settings of the session.

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
"""Options of a connection. The URL can give them other values."""

SESSION = {
    "lock_timeout": "2s",  # the same as BUSY_MS of SQLite
    "statement_timeout": "30s",  # the same as PATIENCE_SECONDS of the recorder
    "idle_in_transaction_session_timeout": "60s",
    "jit": "off",  # compiling our queries takes longer than running them
}

STATEMENTS = 400
"""A connection keeps this many prepared statements, enough for writes and common reports."""

PLACEHOLDER = re.compile("%s|%%")
"""A placeholder, or an escaped percent sign."""


class Cursor(psycopg.RawCursor[Any]):
    """Converts the placeholders of a query once, not on each execution.

    psycopg does not cache the conversion of a query with more than 50 values. Such a conversion
    takes longer than the execution.
    """

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        asked = query if params is None else numbered(query)
        return super().execute(asked, params, **options)


@lru_cache(maxsize=1_000)
def numbered(sql: str) -> bytes:
    """The statement with PostgreSQL's own placeholders: `$1`, `$2`, … instead of `%s`."""
    numbers = count(1)
    return PLACEHOLDER.sub(lambda m: f"${next(numbers)}" if m[0] == "%s" else "%", sql).encode()


class WholeLoader(Loader):
    """Reads NUMERIC as int. In the results of our queries, a NUMERIC is always a sum of BIGINTs."""

    def load(self, data: Any) -> int:
        return int(bytes(data))


ADAPTERS = AdaptersMap(psycopg.adapters)
ADAPTERS.register_loader("numeric", WholeLoader)


def libpq_parameters(url: str) -> dict[str, Any]:
    """The arguments of `psycopg.connect` besides the URL. Options in the URL take precedence."""
    own = conninfo_to_dict(url)
    session = " ".join(f"-c {name}={value}" for name, value in SESSION.items())
    return {
        **{name: value for name, value in CONNECTING.items() if name not in own},
        "options": f"{session} {own.get('options', '')}".strip(),
        "cursor_factory": Cursor,
        "context": ADAPTERS,
    }
