"""Connections to PostgreSQL: what they are told, and what they do that psycopg does otherwise."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import count
from typing import Any, Self

import psycopg
from peewee import Psycopg3Adapter
from psycopg.adapt import Loader
from psycopg.conninfo import conninfo_to_dict

CONNECTING = {"connect_timeout": 5, "application_name": "growth", "client_encoding": "utf8"}
"""What a URL need not say."""

SESSION = """
SET lock_timeout = '2s';
SET statement_timeout = '30s';
SET idle_in_transaction_session_timeout = '60s';
SET jit = off
"""
"""We wait for locks as long as on SQLite, and for an answer no longer than a request does. To
compile our queries takes longer than to run them."""

STATEMENTS = 400
"""Prepared statements that a connection keeps: all of the write path and the common questions."""


PLACEHOLDER = re.compile("%s|%%")
"""A placeholder, or what stands for the sign itself."""


class Cursor(psycopg.RawCursor[Any]):
    """Reads the placeholders of a query once: psycopg looks for those of long ones each time, which
    takes longer than to execute them.
    """

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        asked = query if params is None else numbered(query)
        return super().execute(asked, params, **options)

    def executemany(self, query: Any, params_seq: Any, **options: Any) -> None:
        super().executemany(numbered(query), params_seq, **options)


@lru_cache(maxsize=1_000)
def numbered(sql: str) -> bytes:
    """The statement with the numbers that PostgreSQL takes for placeholders, instead of `%s`."""
    numbers = count(1)
    return PLACEHOLDER.sub(lambda m: f"${next(numbers)}" if m[0] == "%s" else "%", sql).encode()


class WholeLoader(Loader):
    """Reads NUMERIC, which here is a sum of BIGINT: all our numbers are whole."""

    def load(self, data: Any) -> int:
        return int(bytes(data))


class Adapter(Psycopg3Adapter):
    """Makes connections, all alike."""

    def connect(self, db: Any, **params: Any) -> Any:
        told: dict[str, Any] = {**CONNECTING, **conninfo_to_dict(db.database, **params)}
        connection = psycopg.connect(**told, autocommit=True)
        connection.cursor_factory = Cursor
        connection.prepared_max = STATEMENTS
        connection.adapters.register_loader("numeric", WholeLoader)
        connection.execute(SESSION)
        return connection
