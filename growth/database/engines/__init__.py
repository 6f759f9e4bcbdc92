"""The database engines: what SQLite and PostgreSQL do differently; `Engine` says what each does."""

from __future__ import annotations

import re

from growth.database.engines.engine import DatabaseError, Engine, StoppedError
from growth.database.engines.sqlite import FILE, Sqlite, path_of

__all__ = ["DatabaseError", "Engine", "StoppedError", "make_folder", "open_engine", "shown"]

SERVER = "postgresql://"

UNENCODED = re.compile(r"[@/#]|%(?![0-9A-Fa-f]{2})")
"""What a user or password in a URL cannot hold as it is."""


def open_engine(url: str, threads: int = 1) -> Engine:
    """The engine for the database at `url`, for so many threads that read. Raises DatabaseError."""
    if url.startswith(FILE) and url != FILE:
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


def make_folder(url: str) -> None:
    """Make the folder of the database at `url`, if it is a file. Raises DatabaseError."""
    if url.startswith(FILE):
        try:
            path_of(url).parent.mkdir(parents=True, exist_ok=True)
        except OSError as ex:
            raise DatabaseError(f"DATABASE_URL={url}: its folder cannot be made: {ex}") from ex


def shown(url: str) -> str:
    """The URL without its password."""
    url = re.sub(r"(//[^/?#@:]*:).*@", r"\1***@", url)
    return re.sub(r"([?&](?:ssl)?password=)[^&]*", r"\1***", url)
