"""What a database engine must do: each is a peewee database that keeps these promises besides.

Transactions have the names that SQLite gives them: IMMEDIATE to write beside other writers where
the engine has several, EXCLUSIVE to write alone, DEFERRED to read one snapshot.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TypeVar

from peewee import Database

T = TypeVar("T")

OTHERS = 2
"""Threads with a connection besides those that read: the writer and the daily purge."""


class DatabaseError(Exception):
    """The database cannot be used as it is; the message says what to do."""


class StoppedError(Exception):
    """The queries of a thread took longer than they may."""


class Engine(Database, ABC):
    """A database of ours. Its text sorts by its bytes.

    `is_file` says that it is a file on this machine; `has_many_writers` that transactions write
    side by side; `is_cluster` that its tables are spread over several machines. `slots` is how many
    rows the sums of a day are kept in, so that writers do not wait for each other.
    """

    is_file: bool
    has_many_writers: bool
    is_cluster: bool = False
    slots: int

    @abstractmethod
    def require_there(self) -> None:
        """Raise DatabaseError if to open it would make it."""

    @abstractmethod
    def prove(self) -> None:
        """Read something, so that it fails now if it cannot be used.

        Raises DatabaseError, or what the driver raises as peewee wraps it.
        """

    @abstractmethod
    def sizes(self) -> dict[str, tuple[str, int]]:
        """What it takes, by the names of metrics: a description and bytes."""

    @abstractmethod
    def has_citus(self) -> bool:
        """Whether tables could be spread over the nodes of a cluster."""

    @abstractmethod
    def persist(self, work: Callable[[], T]) -> T:
        """Do work that begins a transaction, and do it again where it failed by what passes:
        a connection that broke, or another transaction that was in the way."""

    @abstractmethod
    def release(self) -> None:
        """Give the thread's connection back to those who wait for one."""

    @abstractmethod
    def end(self) -> None:
        """Close all connections; nobody needs them any more."""

    @abstractmethod
    def migrating(self) -> AbstractContextManager[None]:
        """Let no other process migrate meanwhile; it waits, and no limit of time is in force."""

    @abstractmethod
    def lock(self, keys: Sequence[int]) -> None:
        """Lock the keys in their order, until the transaction ends."""

    @abstractmethod
    def take_slot(self, slots: int) -> int:
        """A slot of the sums, 0 to `slots` - 1, to which no other transaction adds meanwhile."""

    @abstractmethod
    def lock_changes(self) -> None:
        """Let no other transaction mark changes until this one ends."""

    @abstractmethod
    def erasing(self) -> AbstractContextManager[None]:
        """Overwrite what is deleted meanwhile, as far as the engine can."""

    @abstractmethod
    def size(self) -> int:
        """The bytes that the database takes."""

    @abstractmethod
    def vacuum(self) -> None:
        """Give the room of deleted rows back; nobody else writes meanwhile."""

    @abstractmethod
    def stopping_after(self, seconds: float) -> AbstractContextManager[None]:
        """Stop the queries of this thread after so long. Raises StoppedError."""
