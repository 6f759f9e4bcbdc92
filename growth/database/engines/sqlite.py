"""SQLite: one file, one writer at a time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote

import peewee
from peewee import SqliteDatabase, fn

from growth.database.engines import FILE, DatabaseError, StoppedError

T = TypeVar("T")

BUSY_MS = 2_000
"""How long a statement waits for another process's lock, in milliseconds."""

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",  # a commit is on disk when it returns
    "busy_timeout": BUSY_MS,
    "cache_size": -4_000,  # KiB, a connection; every thread has one
    "wal_autocheckpoint": 4_000,  # pages: 16 MB, so that pages written often are copied once
    "temp_store": "memory",
}

STEPS = 1_000
"""Steps of SQLite's virtual machine between two looks at the clock: well under a millisecond."""


class Sqlite(SqliteDatabase):
    """A database in a file. Each thread keeps its connection, whose cache it is."""

    is_file = True
    has_many_writers = False
    is_cluster = False
    slots = 1

    def __init__(self, url: str) -> None:
        path = path_of(url)
        if not path.parent.is_dir():
            raise DatabaseError(
                f"DATABASE_URL={url}: there is no folder {path.parent}; "
                "make it, or name another file"
            )
        super().__init__(str(path), pragmas=PRAGMAS)

    def require_there(self) -> None:
        """Raise DatabaseError if to open it would make it."""
        if not Path(self.database).exists():
            raise DatabaseError(
                f"there is no {self.database}; if it is to be new, run: growth migrate"
            )

    def prove(self) -> None:
        """Read something, so that it fails now if it cannot be used."""
        self.connect(reuse_if_open=True)
        self.execute_sql("SELECT 1 FROM sqlite_master")

    def has_citus(self) -> bool:
        """Whether tables could be spread over the nodes of a cluster."""
        return False

    def persist(self, work: Callable[[], T]) -> T:
        """Do work that begins a transaction, again if it failed by what will pass: here never."""
        return work()

    def release(self) -> None:
        """Give the thread's connection back, if others wait for it: here nobody does."""

    def end(self) -> None:
        """Close all connections, when nobody needs them any more."""
        self.close()

    @contextmanager
    def migrating(self) -> Iterator[None]:
        """Let nobody else migrate."""
        yield

    def take_slot(self, slots: int) -> int:
        """A slot of the sums that nobody else adds to until the transaction ends."""
        return 0

    def lock_changes(self) -> None:
        """Let nobody else mark changes until the transaction ends."""

    @contextmanager
    def erasing(self) -> Iterator[None]:
        """Overwrite what is deleted, in the file and in its log."""
        self.execute_sql("PRAGMA secure_delete = ON")
        yield
        self.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def stopping_after(self, seconds: float) -> Iterator[None]:
        """Stop the queries of this thread after so long by StoppedError."""
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

    def contains(self, column: Any, text: str) -> Any:
        """Whether a column has the text in it, to the letter."""
        return fn.INSTR(column, text) > 0


def path_of(url: str) -> Path:
    """The file that a `sqlite:///relative` or `sqlite:////absolute` URL names."""
    return Path(unquote(url.removeprefix(FILE)))
