"""The interface of a database engine: a peewee database with further methods.

The kinds of transactions have SQLite's names. An IMMEDIATE transaction writes. An EXCLUSIVE
transaction writes while no other transaction can write. A DEFERRED transaction reads a snapshot.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TypeVar

from peewee import Database

T = TypeVar("T")

OTHERS = 2
"""One connection for the writer and one for the daily purge, besides those of reading threads."""


class DatabaseError(Exception):
    """The database cannot be used. The message says what to do."""


class StoppedError(Exception):
    """The queries of a thread took too long and were stopped."""


class Engine(Database, ABC):
    """A database that sorts text by its bytes.

    is_file           whether the database is a file on this machine
    has_many_writers  whether several transactions can write at the same time
    is_cluster        whether the tables are spread over several machines
    slots             number of rows whose sum is one count of the daily visits; the rows are called
                      slots, and simultaneous transactions write to different slots
    """

    is_file: bool
    has_many_writers: bool
    is_cluster: bool = False
    slots: int

    @abstractmethod
    def require_there(self) -> None:
        """Raise DatabaseError if the database does not exist yet and opening it would create it."""

    @abstractmethod
    def prove(self) -> None:
        """Read something, to see whether the database can be used.

        Raises DatabaseError if the encoding is not UTF8, PeeweeException if the read fails.
        """

    @abstractmethod
    def sizes(self) -> dict[str, tuple[str, int]]:
        """The sizes to show as metrics: name → description and number of bytes."""

    @abstractmethod
    def has_citus(self) -> bool:
        """Whether the extension Citus is installed. It can spread tables over a cluster."""

    @abstractmethod
    def persist(self, work: Callable[[], T]) -> T:
        """Call `work`, which runs one transaction.

        If the connection breaks or the transaction conflicts with another one, call `work` again.
        """

    def release(self) -> None:
        """Return the thread's connection to the pool."""
        if not self.is_closed():
            self.close()

    def end(self) -> None:
        """Close all connections of the pool."""
        self.close_all()

    @abstractmethod
    def migrating(self) -> AbstractContextManager[None]:
        """A context in which no other process migrates, and statements have no time limit."""

    @abstractmethod
    def lock(self, keys: Sequence[int]) -> None:
        """Lock each of `keys`, in the order given, until the transaction ends."""

    @abstractmethod
    def take_slot(self, slots: int) -> int:
        """Reserve a slot of the daily visits, from 0 to `slots` - 1, until the transaction ends."""

    @abstractmethod
    def lock_changes(self) -> None:
        """Keep other transactions from setting `changed_at` until this transaction ends."""

    @abstractmethod
    def erasing(self) -> AbstractContextManager[None]:
        """A context in which deleted rows are overwritten, if the engine can do so."""

    @abstractmethod
    def size(self) -> int:
        """The size of the database in bytes."""

    @abstractmethod
    def vacuum(self) -> None:
        """Free the space of deleted rows. Nobody else can write meanwhile."""

    @abstractmethod
    def stopping_after(self, seconds: float) -> AbstractContextManager[None]:
        """A context that stops this thread's queries after `seconds`, with a StoppedError."""
