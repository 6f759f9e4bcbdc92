"""Keeps the items that wait to be sent, in a SQLite database in a file or in memory."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from threading import Lock
from typing import NamedTuple

MAKE = """
CREATE TABLE IF NOT EXISTS waiting (
  id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL, body TEXT NOT NULL
)"""

OLDEST = """
SELECT id, path, body FROM waiting
WHERE path = (SELECT path FROM waiting ORDER BY id LIMIT 1) ORDER BY id LIMIT ?"""


class Waiting(NamedTuple):
    """An item that waits to be posted to `path`. `body` is its JSON."""

    id: int
    path: str
    body: str


class Spool:
    """Holds at most `size` items. If an item is added to a full spool, the oldest item is dropped.

    Several threads and processes may share the file at `path`. Without a `path`, items are kept in
    memory. If the process crashes, the file keeps all items. If the machine crashes, the latest
    items may be lost, because adding an item does not wait for the disk.
    """

    def __init__(self, path: str | None, size: int) -> None:
        self.path = path
        self.size = size
        self.lock = Lock()
        self.connection = sqlite3.connect(
            path or ":memory:", timeout=5, isolation_level=None, check_same_thread=False
        )
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = NORMAL")
        self.connection.execute("PRAGMA wal_autocheckpoint = 0")  # see tidy
        self.connection.execute(MAKE)

    def add(self, path: str, body: str) -> int:
        """Add an item. Return how many old items were dropped to make room."""
        with self.lock, closing(self.connection.cursor()) as cursor:
            cursor.execute("INSERT INTO waiting (path, body) VALUES (?, ?)", (path, body))
            last = cursor.lastrowid or 0
            return cursor.execute("DELETE FROM waiting WHERE id <= ?", (last - self.size,)).rowcount

    def oldest(self, most: int, most_bytes: int) -> list[Waiting]:
        """The oldest item, and the next items with the same path.

        Return at most `most` items. Their bodies have at most `most_bytes` characters
        together, unless the body of the first item alone is longer.
        """
        with self.lock:
            rows = [Waiting(*row) for row in self.connection.execute(OLDEST, (most,))]
        found, left = rows[:1], most_bytes - sum(len(each.body) for each in rows[:1])
        for each in rows[1:]:
            left -= len(each.body)
            if left < 0:
                break
            found.append(each)
        return found

    def remove(self, sent: list[Waiting]) -> None:
        with self.lock:
            self.connection.executemany(
                "DELETE FROM waiting WHERE id = ?", [(each.id,) for each in sent]
            )

    def tidy(self) -> None:
        """Merge the write-ahead log into the file.

        Merging waits for the disk. A second connection is used, so that `add` need not wait for it.
        """
        if self.path is not None:
            with closing(sqlite3.connect(self.path, timeout=5)) as beside:
                beside.execute("PRAGMA wal_checkpoint")

    def __len__(self) -> int:
        with self.lock:
            [count] = self.connection.execute("SELECT COUNT(*) FROM waiting").fetchone()
        return int(count)

    def close(self) -> None:
        with self.lock:
            self.connection.close()
