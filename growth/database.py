"""Opens the database by its URL and brings its tables up to date."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from urllib.parse import unquote

from peewee import Database, PeeweeException, SqliteDatabase
from playhouse.migrations import Runner

from growth.models.base import database
from growth.models.mark import MarkRecord

BUSY_MS = 2_000
"""How long a statement waits for another process's lock, in milliseconds."""

ROOM = 256 * 1024
"""Bytes that must fit on the disk for it not to count as full."""

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",  # a commit is on disk when it returns
    "busy_timeout": BUSY_MS,
    "cache_size": -16_000,  # KiB, a connection; every thread has one
    "wal_autocheckpoint": 4_000,  # pages: 16 MB, so that pages written often are copied once
    "temp_store": "memory",
}


class DatabaseError(Exception):
    """The database cannot be used as it is; the message says what to do."""


def connect(url: str) -> Database:
    """Bind the records to the database at `url` and return it.

    Raises DatabaseError when its folder is not there or it cannot be opened.
    """
    path = path_of(url)
    if not path.parent.is_dir():
        raise DatabaseError(
            f"DATABASE_URL={url}: there is no folder {path.parent}; make it, or name another file"
        )
    found = SqliteDatabase(str(path), pragmas=PRAGMAS)
    database.initialize(found)
    try:
        found.connect(reuse_if_open=True)
        found.execute_sql("SELECT 1 FROM sqlite_master")
    except PeeweeException as ex:
        raise DatabaseError(f"DATABASE_URL={url}: {ex}") from ex
    return found


def path_of(url: str) -> Path:
    """The file that a `sqlite:///relative` or `sqlite:////absolute` URL names."""
    return Path(unquote(url.removeprefix("sqlite:///")))


def migrations(found: Database) -> Runner:
    """The migrations of this version, and which of them the database has seen."""
    directory = resources.files("growth.migrations")
    return Runner(found, directory=str(directory), table_name="schema_migrations")


def migrate(found: Database) -> list[str]:
    """Apply what is pending and return its names. Raises DatabaseError if it is newer than we."""
    runner = migrations(found)
    refuse_newer(runner)
    applied: list[str] = runner.up()
    return applied


def require_current(found: Database) -> None:
    """Raise DatabaseError unless the database has seen all our migrations and no others."""
    runner = migrations(found)
    refuse_newer(runner)
    pending = [migration.name for migration in runner.status() if not migration.applied]
    if pending:
        raise DatabaseError(f"the database lacks {', '.join(pending)}; run: growth migrate")


def refuse_newer(runner: Runner) -> None:
    unknown = [migration.name for migration in runner.status() if migration.path is None]
    if unknown:
        raise DatabaseError(
            f"the database is newer than this growth: it has {', '.join(unknown)}; "
            "install the version that made it, or restore a backup"
        )


def prove_writable(found: Database) -> None:
    """Commit some pages and take them back; raises what the database raises if it cannot."""
    with found.atomic("IMMEDIATE"):
        MarkRecord.replace(name="room", value="." * ROOM).execute()
    with found.atomic("IMMEDIATE"):
        MarkRecord.delete().where(MarkRecord.name == "room").execute()
