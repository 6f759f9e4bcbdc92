"""The databases that specs run on: SQLite files, or databases on the server SPEC_DATABASE_URL."""

from __future__ import annotations

import atexit
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from growth.database.connecting import connect, migrate
from growth.database.engines.sqlite import path_of
from growth.database.statements import database
from growth.database.tables import DERIVED, FACTS, RECORDS

SERVER = os.environ.get("SPEC_DATABASE_URL", "")
ON_POSTGRES = bool(SERVER)

RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:8]
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw")
TEMPLATE = f"growth_spec_{RUN}"

EMPTY = "; ".join(f"DELETE FROM {record.table}" for record in RECORDS)


def empty_database(folder: Path) -> str:
    """The URL of a migrated database without rows.

    On SQLite it is a new file. On PostgreSQL a worker has one database and empties it each time.
    """
    if not ON_POSTGRES:
        (folder / "growth.db").write_bytes(migrated_file())
        return f"sqlite:///{folder}/growth.db"
    url = copied(f"{TEMPLATE}_{WORKER}")
    admin(url).execute(EMPTY)
    return url


def database_of(folder: Path) -> str:
    """The URL of the migrated database that belongs to a folder. The first call makes it."""
    if ON_POSTGRES:
        return copied(name_of(folder))
    file = folder / "growth.db"
    if not file.exists():
        file.write_bytes(migrated_file())
    return f"sqlite:///{file}"


def bare_database(folder: Path) -> str:
    """The URL of a new database that is not migrated."""
    if not ON_POSTGRES:
        return f"sqlite:///{folder}/bare.db"
    make(name_of(folder / "bare"), "template0")
    return url_of(name_of(folder / "bare"))


def name_of(folder: Path) -> str:
    return f"{TEMPLATE}_{blake2b(str(folder).encode(), digest_size=6).hexdigest()}"


@cache
def migrated_file() -> bytes:
    """The bytes of a migrated SQLite file. Copying them is much faster than migrating each time."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/growth.db"
        migrate(connect(url, may_make=True))
        database.end()
        return path_of(url).read_bytes()


@cache
def copied(name: str) -> str:
    """The URL of a copy of the migrated database. The first call makes the copy."""
    if cluster().exists():  # a database cannot be copied in a cluster
        make(name, "template0")
        cluster().fill(url_of(name))
    else:
        make_template()
        make(name, TEMPLATE)
    return url_of(name)


@cache
def make_template() -> None:
    """Make the migrated database unless another process of this run has made it."""
    server = admin(SERVER)
    server.execute("SELECT pg_advisory_lock(%s)", [number_of(TEMPLATE)])
    if not rows("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]):
        make(TEMPLATE, "template0")
        migrate(connect(url_of(TEMPLATE)))
        database.end()
    server.execute("SELECT pg_advisory_unlock(%s)", [number_of(TEMPLATE)])


def make(name: str, template: str) -> None:
    require_run()
    if cluster().exists():
        cluster().make(name)
    else:
        admin(SERVER).execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


@cache
def require_run() -> None:
    """Hold a lock until this process ends. It shows other processes that this run is not over."""
    admin(SERVER).execute("SELECT pg_advisory_lock_shared(%s)", [number_of(RUN)])


def drop_leftovers() -> None:
    """Drop the databases of all runs that are over, also of runs that were aborted."""
    server = admin(SERVER)
    server.execute("SELECT pg_advisory_unlock_all()")  # so this run counts as over, too
    for (name,) in rows("SELECT datname FROM pg_database WHERE datname LIKE 'growth_spec_%%'"):
        run = name.split("_")[2]
        [(is_over,)] = rows("SELECT pg_try_advisory_lock(%s)", [number_of(run)])
        if is_over:
            drop(name)
            server.execute("SELECT pg_advisory_unlock(%s)", [number_of(run)])


def drop(name: str) -> None:
    if cluster().exists():
        cluster().drop(name)
    else:
        admin(SERVER).execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def number_of(text: str) -> int:
    """The number of the advisory lock with this name."""
    return int.from_bytes(blake2b(text.encode(), digest_size=7).digest())


@cache
def cluster() -> Any:
    """The cluster that the server may belong to."""
    from cluster import Cluster

    return Cluster(SERVER, admin)


@cache
def admin(url: str) -> Any:
    """A connection in autocommit mode that the service does not use."""
    import psycopg

    connection = psycopg.connect(url, autocommit=True)
    atexit.register(connection.close)
    return connection


def rows(sql: str, params: Sequence[Any] = ()) -> list[Any]:
    found: list[Any] = admin(SERVER).execute(sql, params).fetchall()
    return found


class Other:
    """A connection to a database like that of another process. It can hold the write lock."""

    def __init__(self, url: str) -> None:
        self.connection: Any
        if ON_POSTGRES:
            import psycopg

            self.connection = psycopg.connect(url, autocommit=True)
        else:
            self.connection = sqlite3.connect(path_of(url), timeout=0, isolation_level=None)

    def rows(self, sql: str) -> list[Any]:
        found: list[Any] = self.connection.execute(sql).fetchall()
        return found

    def execute(self, sql: str) -> None:
        self.connection.execute(sql)

    def lock(self) -> bool:
        """Hold the write lock until `unlock`. Return False if somebody else has it."""
        if not ON_POSTGRES:
            try:
                self.connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            return True
        from growth.database.engines.postgres import LOCKS, WRITING

        self.connection.execute("BEGIN")
        [(got,)] = self.rows(f"SELECT pg_try_advisory_xact_lock({LOCKS}, {WRITING})")
        if not got:
            self.unlock()
        return bool(got)

    def unlock(self) -> None:
        self.connection.execute("ROLLBACK")

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Other:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def without_table(name: str) -> Iterator[None]:
    """Rename a table of the connected database, so that it is missing meanwhile."""
    database.execute_sql(f"ALTER TABLE {name} RENAME TO elsewhere")
    try:
        yield
    finally:
        database.execute_sql(f"ALTER TABLE elsewhere RENAME TO {name}")


@contextmanager
def migrated_past(other: Other) -> Iterator[None]:
    """Record a migration of a later version in a database, and remove it at the end."""
    if not ON_POSTGRES:
        other.execute("PRAGMA busy_timeout = 10000")
    other.execute("INSERT INTO schema_migrations (name, applied) VALUES ('9999_x', '2030-01-01')")
    yield
    other.execute("DELETE FROM schema_migrations WHERE name = '9999_x'")


def damage(sql: str) -> None:
    """Execute SQL on the connected database. It must change at least one row."""
    assert database.execute_sql(sql).rowcount > 0


def clear() -> None:
    """Delete all facts and all that is derived from them, from the connected database."""
    with database.atomic("IMMEDIATE"):
        for record in (*FACTS, *DERIVED):
            database.execute_sql(f"DELETE FROM {record.table}")


def dump() -> list[list[tuple[Any, ...]]]:
    """All rows of all tables."""
    return [
        sorted(database.execute_sql(f"SELECT * FROM {record.table}").fetchall(), key=repr)
        for record in RECORDS
    ]


def url_of(name: str) -> str:
    return urlsplit(SERVER)._replace(path=f"/{name}").geturl()
