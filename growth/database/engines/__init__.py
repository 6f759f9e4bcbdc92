"""The database engines: what SQLite and PostgreSQL do differently, and nothing else does.

Each is a peewee database with the same few methods more, see `sqlite.py`. Its transactions have the
names that SQLite gives them: IMMEDIATE to write, EXCLUSIVE to write alone, which is the same there,
DEFERRED to read one snapshot.
"""

from __future__ import annotations

import re

from peewee import Database

FILE = "sqlite:///"
SERVER = "postgresql://"

UNENCODED = re.compile(r"[@/#]|%(?![0-9A-Fa-f]{2})")
"""What a user or password in a URL cannot hold as it is."""


class DatabaseError(Exception):
    """The database cannot be used as it is; the message says what to do."""


class StoppedError(Exception):
    """The queries of a thread took longer than they may."""


def open_engine(url: str, threads: int = 1) -> Database:
    """The engine for the database at `url`, for so many threads that read. Raises DatabaseError."""
    if url.startswith(FILE) and url != FILE:
        from growth.database.engines.sqlite import Sqlite

        return Sqlite(url)
    if not url.startswith(SERVER):
        raise DatabaseError(f"DATABASE_URL={shown(url)}: must be {FILE}path or {SERVER}…")
    if UNENCODED.search(url.removeprefix(SERVER).partition("?")[0].rpartition("@")[0]):
        raise DatabaseError(
            f"DATABASE_URL={shown(url)}: percent-encode the user and the password: %40 for @"
        )
    try:
        from growth.database.engines.postgres import Postgres
    except ImportError as ex:
        raise DatabaseError(
            f"DATABASE_URL={shown(url)}: {ex}; PostgreSQL needs: pip install 'growth[postgres]'"
        ) from ex
    return Postgres(url, threads)


def shown(url: str) -> str:
    """The URL without its password."""
    url = re.sub(r"(//[^/?#@:]*:).*@", r"\1***@", url)
    return re.sub(r"([?&](?:ssl)?password=)[^&]*", r"\1***", url)
