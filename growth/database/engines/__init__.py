"""The database engines: SQLite and PostgreSQL behind one interface, `Engine`."""

from __future__ import annotations

import re
import sys

from growth.database.engines.engine import DatabaseError, Engine, StoppedError
from growth.database.engines.sqlite import FILE, Sqlite, path_of

__all__ = [
    "DatabaseError",
    "Engine",
    "StoppedError",
    "make_folder",
    "open_engine",
    "without_password",
]

SERVER = "postgresql://"
SERVERS = (SERVER, "postgres://")
"""Beginnings of the URL of a PostgreSQL server.

https://www.postgresql.org/docs/current/libpq-connect.html
"""

UNENCODED = re.compile(r"[@/#]|%(?![0-9A-Fa-f]{2})")
"""Characters that must be percent-encoded in the user and the password of a URL."""


def open_engine(url: str, threads: int = 1) -> Engine:
    """The engine for the database at `url`, from which `threads` threads read.

    Raises DatabaseError if `url` has another scheme, an unencoded user or password, or a parameter
    that libpq does not know, if the folder of a SQLite file is missing, or if PostgreSQL's driver
    is not installed.
    """
    shown = without_password(url)
    if url.startswith(FILE) and url != FILE:
        return Sqlite(url, threads)
    if not url.startswith(SERVERS):
        raise DatabaseError(f"DATABASE_URL={shown}: must be {FILE}path or {SERVER}…")
    if UNENCODED.search(url.partition("://")[2].partition("?")[0].rpartition("@")[0]):
        raise DatabaseError(
            f"DATABASE_URL={shown}: percent-encode the user and the password, as in %40 for @"
        )
    try:
        import psycopg

        from growth.database.engines.postgres import Postgres
    except ImportError as ex:
        raise DatabaseError(
            f"DATABASE_URL={shown}: {ex}; to install PostgreSQL's driver, in growth's folder run: "
            f"{sys.executable} -m pip install -e '.[postgres]'"
        ) from ex
    try:
        # peewee does not know postgres://
        return Postgres(SERVER + url.partition("://")[2], threads)
    except psycopg.ProgrammingError as ex:
        raise DatabaseError(f"DATABASE_URL={shown}: {without_password(str(ex).strip())}") from ex


def make_folder(url: str) -> None:
    """Make the folder of a SQLite file. Raises DatabaseError if it cannot be made."""
    if url.startswith(FILE):
        try:
            path_of(url).parent.mkdir(parents=True, exist_ok=True)
        except OSError as ex:
            raise DatabaseError(f"DATABASE_URL={url}: its folder cannot be made: {ex}") from ex


def without_password(url: str) -> str:
    """The URL without its password."""
    url = re.sub(r"(//[^/?#@:]*:).*@", r"\1***@", url)
    return re.sub(r"([?&](?:ssl)?password=)[^&]*", r"\1***", url)
