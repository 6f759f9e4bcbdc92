"""Opens the database by its URL and migrates its tables."""

from __future__ import annotations

from importlib import resources

from peewee import Database, PeeweeException
from playhouse.migrations import Runner

from growth.database.engines import DatabaseError, open_engine, without_password
from growth.database.faults import wrong_with
from growth.database.statements import database
from growth.database.tables.mark import drop_mark, write_mark

ROOM = 256 * 1024
"""The disk counts as full if it has no space for this many bytes."""


def connect(url: str, threads: int = 1, may_make: bool = False) -> Database:
    """Open the database at `url`, bind the records to it, and return it.

    `threads` is the number of threads that read. If `may_make` is set, a missing SQLite file is
    created. Raises DatabaseError if the database cannot be opened.
    """
    found = proved(url, threads, may_make)
    if database.obj is not None:
        database.end()
    database.initialize(found)
    return found


def proved(url: str, threads: int = 1, may_make: bool = False) -> Database:
    """Open the database at `url` and read from it. Raises DatabaseError if this fails."""
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
    """Peewee's runner of the migrations. A table of the database names those that have run."""
    directory = resources.files("growth.migrations")
    return Runner(found, directory=str(directory), table_name="schema_migrations")


def migrate(found: Database) -> list[str]:
    """Apply pending migrations and return their names.

    Raises DatabaseError if the database is newer than this version.
    """
    with found.migrating():
        runner = migrations(found)
        refuse_newer(runner)
        applied: list[str] = runner.up()
    return applied


def require_current(found: Database) -> None:
    """Raise DatabaseError unless the database has exactly the migrations of this version."""
    runner = migrations(found)
    refuse_newer(runner)
    pending = [migration.name for migration in runner.status() if not migration.applied]
    if pending:
        names = ", ".join(pending)
        raise DatabaseError(f"the database lacks the migrations {names}; run: growth migrate")


def opened(url: str) -> Database:
    """Open a database without binding the records to it.

    Raises DatabaseError if the database cannot be opened or its tables are not current.
    """
    found = proved(url)
    require_current(found)
    return found


def refuse_newer(runner: Runner) -> None:
    unknown = [migration.name for migration in runner.status() if migration.path is None]
    if unknown:
        raise DatabaseError(
            f"the database is newer than this version of growth: it has {', '.join(unknown)}; "
            "install the version that made it, or restore a backup"
        )


def prove_writable(found: Database, size: int) -> None:
    """Commit a test row of `size` bytes, then delete it. Raises PeeweeException if this fails."""
    with found.atomic("IMMEDIATE"):
        write_mark("room", "." * size)
    with found.atomic("IMMEDIATE"):
        drop_mark("room")
