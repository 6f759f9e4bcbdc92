"""The interface of a database engine: a peewee database with further methods.

Transactions have SQLite's names. IMMEDIATE writes, beside other writers if the engine has several.
EXCLUSIVE writes alone. DEFERRED reads one snapshot.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TypeVar

from peewee import Database

T = TypeVar("T")

OTHERS = 2
"""Threads with a connection besides the reading ones: the writer and the daily purge."""


class DatabaseError(Exception):
    """The database cannot be used. The message says what to do."""


class StoppedError(Exception):
    """The queries of a thread took too long."""


class Engine(Database, ABC):
    """A database. Text sorts by its bytes.

    `is_file`: it is a file on this machine. `has_many_writers`: transactions write side by side.
    `is_cluster`: its tables are spread over several machines. `slots`: each daily sum is split
    into this many rows, so that writers do not wait for each other.
    """

    is_file: bool
    has_many_writers: bool
    is_cluster: bool = False
    slots: int

    @abstractmethod
    def require_there(self) -> None:
        """Raise DatabaseError if opening would create it."""

    @abstractmethod
    def prove(self) -> None:
        """Read something, to see now whether the database can be used.

        Raises DatabaseError, or the driver's error as wrapped by peewee.
        """

    @abstractmethod
    def sizes(self) -> dict[str, tuple[str, int]]:
        """Sizes by the name of their metric: a description, and bytes."""

    @abstractmethod
    def has_citus(self) -> bool:
        """Whether Citus is installed, so that tables can be spread over a cluster."""

    @abstractmethod
    def persist(self, work: Callable[[], T]) -> T:
        """Do `work`, which begins a transaction. Repeat it after a failure that passes: a broken
        connection, or a conflict with another transaction."""

    def release(self) -> None:
        """Return the thread's connection to the pool."""
        if not self.is_closed():
            self.close()

    def end(self) -> None:
        """Close all connections, which both engines pool."""
        self.close_all()

    @abstractmethod
    def migrating(self) -> AbstractContextManager[None]:
        """Let other processes wait with their migrations. Time limits are off meanwhile."""

    @abstractmethod
    def lock(self, keys: Sequence[int]) -> None:
        """Lock the keys in their order, until the transaction ends."""

    @abstractmethod
    def take_slot(self, slots: int) -> int:
        """Reserve a slot of the daily sums for this transaction: 0 to `slots` - 1."""

    @abstractmethod
    def lock_changes(self) -> None:
        """Let no other transaction stamp changes until this one ends."""

    @abstractmethod
    def erasing(self) -> AbstractContextManager[None]:
        """Overwrite rows deleted meanwhile, if the engine can."""

    @abstractmethod
    def size(self) -> int:
        """The size of the database in bytes."""

    @abstractmethod
    def vacuum(self) -> None:
        """Free the space of deleted rows. Nobody else can write meanwhile."""

    @abstractmethod
    def stopping_after(self, seconds: float) -> AbstractContextManager[None]:
        """Stop the queries of this thread after `seconds`. Raises StoppedError."""
