"""PostgreSQL: a server that many processes share."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from random import randrange, uniform
from typing import Any, TypeVar

import psycopg
from peewee import OperationalError, PostgresqlDatabase
from playhouse.pool import PooledPostgresqlDatabase

from growth.database.engines.connections import STATEMENTS, libpq_parameters
from growth.database.engines.deadline import Deadline
from growth.database.engines.engine import OTHERS, DatabaseError, Engine, StoppedError

T = TypeVar("T")

LOCKS = int.from_bytes(b"grow")
"""The first number in the keys of three advisory locks."""

MIGRATING, WRITING, CHANGING = 1, 2, 3
"""The second numbers: a lock for migrations, one for writes, and one for setting `changed_at`."""

SLOTS = LOCKS + 1
"""The first number in the keys of the locks that reserve slots. The second number is the slot."""

JOINS = ("seqscan", "hashjoin", "mergejoin")
BY_KEY = "; ".join(f"SET LOCAL enable_{each} = off" for each in JOINS)
"""Makes PostgreSQL find rows by key. Otherwise it would read a whole table that has just grown. Its
statistics, which are up to a minute old, say that the table is still small."""

COMMITTED = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
"""Each statement sees all earlier commits, so a read after a lock is up to date."""

BEGIN = {
    None: COMMITTED,
    "IMMEDIATE": f"{COMMITTED}; {BY_KEY}; SELECT pg_advisory_xact_lock_shared({LOCKS}, {WRITING})",
    "EXCLUSIVE": f"{COMMITTED}; SELECT pg_advisory_xact_lock({LOCKS}, {WRITING})",
    "DEFERRED": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
}
"""The statements that begin a transaction of each kind. The module `engine` explains the kinds."""

TAKE_SLOT = f"""
SELECT slot FROM generate_series(0, %s - 1) AS slot
WHERE pg_try_advisory_xact_lock({SLOTS}, slot) LIMIT 1
"""
"""Tries to reserve the slots in order, and stops at the first free slot."""

RETRY_SECONDS = 0.05
"""Longest pause before a transaction is repeated."""

DEFEATS = (
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
    psycopg.errors.LockNotAvailable,
)
"""Errors that report a conflict with another transaction."""


class Postgres(Engine, PooledPostgresqlDatabase):
    """A database on a server. Threads borrow connections, at most one each."""

    is_file = False
    has_many_writers = True
    slots = 8
    patience_seconds = 6.0
    """A transaction that meets conflicts is repeated for at most this long."""
    field_types = PostgresqlDatabase.field_types | {"TEXT": 'TEXT COLLATE "C"'}

    def __init__(self, url: str, threads: int) -> None:
        self.deadline = Deadline()
        most = threads + OTHERS
        super().__init__(url, max_connections=most, prefer_psycopg3=True, **libpq_parameters(url))

    def connect(self, reuse_if_open: bool = False) -> bool:
        is_new: bool = super().connect(reuse_if_open)
        self.connection().prepared_max = STATEMENTS
        return is_new

    def require_there(self) -> None:
        """Opening creates nothing."""

    def prove(self) -> None:
        self.connect(reuse_if_open=True)
        if (encoding := self.execute_sql("SHOW server_encoding").fetchone()[0]) != "UTF8":
            self.end()
            raise DatabaseError(f"the database has the encoding {encoding!r}: create it with UTF8")
        if self.has_citus() and self.execute_sql("SELECT 1 FROM pg_dist_partition").fetchone():
            self.is_cluster, self.slots = True, 64

    def sizes(self) -> dict[str, tuple[str, int]]:
        """The size of the database. On a cluster, it is the size of the coordinator's part."""
        return {"database": ("Size of the database.", self.size())}

    def has_citus(self) -> bool:
        return self.execute_sql("SELECT to_regclass('pg_dist_partition')").fetchone()[0] is not None

    def begin(self, kind: str | None = None) -> None:
        if not self.is_closed() and self.connection().closed:
            self.close()
        self.deadline.timeout = None
        try:
            self.cursor().execute(BEGIN[kind], prepare=False)
        except psycopg.Error as ex:
            self.close()  # rolls back, or discards a lost connection
            raise OperationalError(ex, *ex.args) from ex

    def persist(self, work: Callable[[], T]) -> T:
        """Repeat `work` once after a lost connection, for `patience_seconds` after conflicts."""
        losses, until = 1, time.monotonic() + self.patience_seconds
        while True:
            try:
                return work()
            except OperationalError as ex:
                if is_lost(ex) and losses:
                    losses -= 1
                elif isinstance(ex.orig, DEFEATS) and time.monotonic() < until:
                    time.sleep(uniform(0, RETRY_SECONDS))
                else:
                    raise

    @contextmanager
    def migrating(self) -> Iterator[None]:
        """Other processes wait until the migration ends, and then find nothing to migrate."""
        self.cursor().execute("SET lock_timeout = 0; SET statement_timeout = 0")
        self.execute_sql(f"SELECT pg_advisory_lock({LOCKS}, {MIGRATING})")
        if self.has_citus():
            # In parallel mode, Citus may refuse a second change of a shard in one transaction.
            self.execute_sql("SET citus.multi_shard_modify_mode = 'sequential'")
        try:
            yield
        finally:
            self.execute_sql(f"SELECT pg_advisory_unlock({LOCKS}, {MIGRATING})")
            self.cursor().execute("RESET lock_timeout; RESET statement_timeout")

    def lock(self, keys: Sequence[int]) -> None:
        self.execute_sql(
            "SELECT COUNT(pg_advisory_xact_lock(key)) FROM unnest(%s::BIGINT[]) AS key", (keys,)
        )

    def take_slot(self, slots: int) -> int:
        """Reserve the first free slot, so that few slots are in use.

        If no slot is free, wait for a random one.
        """
        row = self.execute_sql(TAKE_SLOT, (slots,)).fetchone()
        if row is not None:
            return int(row[0])
        slot = randrange(slots)
        self.execute_sql(f"SELECT pg_advisory_xact_lock({SLOTS}, {slot})")
        return slot

    def lock_changes(self) -> None:
        self.execute_sql(f"SELECT pg_advisory_xact_lock({LOCKS}, {CHANGING})")

    @contextmanager
    def erasing(self) -> Iterator[None]:
        """Does nothing, because PostgreSQL does not overwrite deleted rows before a VACUUM."""
        yield

    def size(self) -> int:
        return int(self.execute_sql("SELECT pg_database_size(current_database())").fetchone()[0])

    def vacuum(self) -> None:
        with self.migrating():  # without time limits, because VACUUM takes long
            for name in self.get_tables():
                self.execute_sql(f'VACUUM (FULL, ANALYZE) "{name}"')

    @contextmanager
    def stopping_after(self, seconds: float) -> Iterator[None]:
        self.deadline.at = time.monotonic() + seconds
        try:
            yield
        except OperationalError as ex:
            if not isinstance(ex.orig, psycopg.errors.QueryCanceled):
                raise
            raise StoppedError from ex
        finally:
            self.deadline.at = None

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """Execute within the thread's deadline. Drop `WITHOUT ROWID`, which only SQLite knows."""
        if (left := self.deadline.left()) is not None:
            if left <= 0:
                raise StoppedError
            self.deadline.timeout = left
            asked = f"SET LOCAL statement_timeout = {max(1, int(left * 1_000))}"
            self.cursor().execute(asked, prepare=False)  # not prepared, as it differs each time
        return super().execute_sql(sql.removesuffix(" WITHOUT ROWID"), params)


def is_lost(ex: OperationalError) -> bool:
    """Whether the connection broke or the server ended it."""
    state = getattr(ex.orig, "sqlstate", None)
    return state is None or state.startswith(("08", "57P", "25P03"))
