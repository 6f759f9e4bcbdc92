"""Backs up an SQLite database while it is in use, and restores a backup."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from growth.database.engines import DatabaseError

TABLES = (
    "SELECT COUNT(*) FROM sqlite_master "
    "WHERE type = 'table' AND name IN ('schema_migrations', 'pageviews')"
)


def backup(found: Any, target: Path) -> int:
    """Copy the database to `target`, and return the size of the copy in bytes.

    The copy is a single file with the state of one instant. It replaces an existing `target`.
    Raises DatabaseError if the database cannot be copied, if the copy fails SQLite's integrity
    check, or if it is not a database of growth.
    """
    require_file(found, "back PostgreSQL up with pg_dump")
    if target.exists() and os.path.samefile(found.database, target):
        raise DatabaseError(f"{target} is the database itself; name another file")

    def fill(copy: sqlite3.Connection) -> None:
        found.connection().backup(copy)

    return write_verified(target, fill, "backup")


def restore(found: Any, source: Path) -> Path | None:
    """Replace the database by the copy `source`. The database must not be in use.

    Returns the new path of the replaced database, or None if there was no database. Raises
    DatabaseError if the copy fails SQLite's integrity check or is not a database of growth, or if
    the database is in use.
    """
    require_file(found, "restore PostgreSQL with pg_restore")
    target = Path(found.database)
    if target.exists() and os.path.samefile(source, target):
        raise DatabaseError(f"{source} is the database itself; name a backup of it")
    replaced = target.with_name(f"{target.name}.replaced") if target.exists() else None
    if replaced:
        settle(target)

    def fill(copy: sqlite3.Connection) -> None:
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as kept:
            kept.backup(copy)

    def make_way() -> None:
        if replaced:
            replaced.unlink(missing_ok=True)
            os.link(target, replaced)
        for suffix in ("-wal", "-shm"):  # `settle` leaves these files if the target is broken
            Path(f"{target}{suffix}").unlink(missing_ok=True)

    write_verified(target, fill, "restore", make_way)
    return replaced


def require_file(found: Any, instead: str) -> None:
    if not found.is_file:
        raise DatabaseError(f"this command is for SQLite files; {instead}")


def settle(database: Path) -> None:
    """Merge the -wal file of a database into the database file.

    Raises DatabaseError if another process has the database open.
    """
    try:
        with closing(sqlite3.connect(database, timeout=0)) as alone:
            alone.execute("PRAGMA journal_mode = DELETE")  # fails while others use the file
    except sqlite3.OperationalError as ex:
        raise DatabaseError(f"{database} is in use: {ex}; stop the service first") from ex
    except sqlite3.DatabaseError:
        return  # the database is broken, so its -wal file cannot be merged


def write_verified(
    target: Path,
    fill: Callable[[sqlite3.Connection], None],
    doing: str,
    before: Callable[[], None] = lambda: None,
) -> int:
    """Let `fill` write a database to a file beside `target`, and verify the file.

    Then call `before`, and rename the file to `target`. Return the size of the file in bytes.
    Errors call the work `doing`, such as "backup".
    """
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with closing(sqlite3.connect(partial)) as copy:
            fill(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # leaves no -wal file beside the copy
            verify(copy)
        before()
        put_in_place(partial, target)
    except (OSError, sqlite3.Error) as ex:
        raise DatabaseError(f"{target}: the {doing} failed: {ex}") from ex
    finally:
        partial.unlink(missing_ok=True)
    return target.stat().st_size


def verify(copy: sqlite3.Connection) -> None:
    """Raise sqlite3.DatabaseError if the copy is broken or is not a database of growth."""
    found = copy.execute("PRAGMA integrity_check").fetchall()
    if found != [("ok",)]:
        raise sqlite3.DatabaseError(f"the copy is broken: {found[0][0]}")
    if copy.execute(TABLES).fetchone() != (2,):
        raise sqlite3.DatabaseError("the copy is not a database of growth")


def put_in_place(partial: Path, target: Path) -> None:
    """Rename `partial` to `target`, and wait until the file and its new name are on disk."""
    flush(partial)
    os.replace(partial, target)
    flush(target.parent)


def flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
