"""Copies the database while it is in use."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from growth.database.engines import DatabaseError


def backup(found: Any, target: Path) -> int:
    """Copy the database into `target` and return its bytes; an earlier copy stays until then.

    The copy is the database as it was at one instant, in a single file. Raises DatabaseError when
    it cannot be made or is not sound.
    """
    if not found.is_file:
        raise DatabaseError("growth backup copies SQLite files; back PostgreSQL up with pg_dump")
    if target.exists() and os.path.samefile(found.database, target):
        raise DatabaseError(f"{target} is the database itself; name another file")
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with closing(sqlite3.connect(partial)) as copy:
            found.connection().backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a -wal beside it
            verify(copy)
        put_in_place(partial, target)
    except (OSError, sqlite3.Error) as ex:
        raise DatabaseError(f"{target}: the backup failed: {ex}") from ex
    finally:
        partial.unlink(missing_ok=True)
    return target.stat().st_size


def verify(copy: sqlite3.Connection) -> None:
    told = copy.execute("PRAGMA integrity_check").fetchall()
    if told != [("ok",)]:
        raise sqlite3.DatabaseError(f"the copy is not sound: {told[0][0]}")


def put_in_place(partial: Path, target: Path) -> None:
    """Put the file in its place, on disk."""
    flush(partial)
    os.replace(partial, target)
    flush(target.parent)


def flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
