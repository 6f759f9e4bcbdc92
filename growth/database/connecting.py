"""Opens the database by its URL and brings its tables up to date."""

from __future__ import annotations

from importlib import resources

from peewee import Database, PeeweeException
from playhouse.migrations import Runner

from growth.database.engines import DatabaseError, open_engine, without_password
from growth.database.faults import wrong_with
from growth.database.statements import database, replace
from growth.database.tables.mark import MarkRecord

ROOM = 256 * 1024
"""Bytes that must fit on the disk for it not to count as full."""


def connect(url: str, threads: int = 1, may_make: bool = False) -> Database:
    """Bind the records to the database at `url` and return it; so many threads will read.

    Raises DatabaseError when it cannot be opened, or is a file that is not there and may not be
    made.
    """
    found = proved(url, threads, may_make)
    if database.obj is not None:
        database.end()
    database.initialize(found)
    return found


def proved(url: str, threads: int = 1, may_make: bool = False) -> Database:
    """The database at `url`, which can be read. Raises DatabaseError."""
    found = open_engine(url, threads)
    if not may_make:
        found.require_there()
    try:
        found.prove()
    except PeeweeException as ex:
        why = f": {wrong_with(found.database)}" if found.is_file else ""
        raise DatabaseError(f"DATABASE_URL={without_password(url)}: {ex}{why}") from ex
    return found


def migrations(found: Database) -> Runner:
    """The migrations of this version, and which of them the database has seen."""
    directory = resources.files("growth.migrations")
    return Runner(found, directory=str(directory), table_name="schema_migrations")


def migrate(found: Database) -> list[str]:
    """Apply what is pending and return its names. Raises DatabaseError if it is newer than we."""
    with found.migrating():
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


def opened(url: str) -> Database:
    """The database at `url`, migrated, beside others. Raises DatabaseError."""
    found = proved(url)
    require_current(found)
    return found


def refuse_newer(runner: Runner) -> None:
    unknown = [migration.name for migration in runner.status() if migration.path is None]
    if unknown:
        raise DatabaseError(
            f"the database is newer than this growth: it has {', '.join(unknown)}; "
            "install the version that made it, or restore a backup"
        )


def prove_writable(found: Database, size: int) -> None:
    """Commit so many bytes and take them back; raises what the database raises if it cannot."""
    with found.atomic("IMMEDIATE"):
        replace(MarkRecord, {"name": "room", "value": "." * size})
    with found.atomic("IMMEDIATE"):
        MarkRecord.delete().where(MarkRecord.name == "room").execute()
