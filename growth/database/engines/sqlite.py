"""SQLite: one file, one writer at a time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import disk_usage
from typing import TypeVar
from urllib.parse import unquote

import peewee
from playhouse.pool import PooledSqliteDatabase

from growth.database.engines.engine import OTHERS, DatabaseError, Engine, StoppedError

T = TypeVar("T")

FILE = "sqlite:///"

BUSY_MS = 2_000
"""The longest wait for another process's lock, in milliseconds."""

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",  # a commit is on disk when it returns
    "busy_timeout": BUSY_MS,
    "cache_size": -4_000,  # 4,000 KiB for each connection
    "wal_autocheckpoint": 4_000,  # pages (16 MB); fewer checkpoints copy a page less often
    "temp_store": "memory",
}

STEPS = 1_000
"""A query checks its deadline after this many steps of SQLite's virtual machine (under 1 ms)."""


class Sqlite(Engine, PooledSqliteDatabase):
    """A database in a file.

    Threads borrow connections from a pool. This saves memory, because each connection has a cache.
    """

    is_file = True
    has_many_writers = False
    slots = 1

    def __init__(self, url: str, threads: int) -> None:
        path = path_of(url)
        if not path.parent.is_dir():
            raise DatabaseError(
                f"DATABASE_URL={url}: there is no folder {path.parent}; "
                "make it, name another file, or run: growth serve --init"
            )
        most = threads + OTHERS
        super().__init__(str(path), max_connections=most, pragmas=PRAGMAS, check_same_thread=False)

    def require_there(self) -> None:
        if not Path(self.database).exists():
            raise DatabaseError(f"there is no {self.database}; to create it, run: growth migrate")

    def prove(self) -> None:
        self.connect(reuse_if_open=True)
        self.execute_sql("SELECT 1 FROM sqlite_master")

    def sizes(self) -> dict[str, tuple[str, int]]:
        """The sizes of the file and of its write-ahead log, and the free space on the disk."""
        path = Path(self.database)
        log = path.with_name(f"{path.name}-wal")
        return {
            "database": ("Size of the database.", path.stat().st_size),
            "wal": ("Size of SQLite's write-ahead log.", log.stat().st_size if log.exists() else 0),
            "disk_free": ("Free space on the disk of the database.", disk_usage(path.parent).free),
        }

    def has_citus(self) -> bool:
        return False

    def persist(self, work: Callable[[], T]) -> T:
        """Call `work` once, because a single writer has no conflicts."""
        return work()

    @contextmanager
    def migrating(self) -> Iterator[None]:
        """Takes no lock, because SQLite lets only one connection write at a time."""
        yield

    def lock(self, keys: Sequence[int]) -> None:
        """Does nothing, because nobody else writes."""

    def take_slot(self, slots: int) -> int:
        """Always slot 0, because nobody else writes."""
        return 0

    def lock_changes(self) -> None:
        """Does nothing, because nobody else writes."""

    @contextmanager
    def erasing(self) -> Iterator[None]:
        """Overwrite deleted rows in the file, and empty its write-ahead log at the end."""
        self.execute_sql("PRAGMA secure_delete = ON")
        yield
        self.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def size(self) -> int:
        return sum(
            Path(self.database + suffix).stat().st_size
            for suffix in ("", "-wal")
            if Path(self.database + suffix).exists()
        )

    def vacuum(self) -> None:
        self.execute_sql("VACUUM")
        self.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def stopping_after(self, seconds: float) -> Iterator[None]:
        end = time.monotonic() + seconds
        connection = self.connection()
        connection.set_progress_handler(lambda: time.monotonic() > end, STEPS)
        try:
            yield
        except (sqlite3.OperationalError, peewee.OperationalError) as ex:
            if "interrupted" not in str(ex):
                raise
            raise StoppedError from ex
        finally:
            connection.set_progress_handler(None, 0)


def path_of(url: str) -> Path:
    """The file of a `sqlite:///relative` or `sqlite:////absolute` URL."""
    return Path(unquote(url.removeprefix(FILE)))
