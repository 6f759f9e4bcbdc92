"""Makes databases for specs in a Citus cluster and distributes their tables.

SPEC_DATABASE_URL names a database of the coordinator that has the extension and knows the workers.
Workers are reached with the same user and options, at their own host and port. The user must be
allowed to create databases and extensions.
https://docs.citusdata.com/en/stable/admin_guide/cluster_management.html
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from growth.database.connecting import connect, migrate
from growth.database.statements import database
from growth.maintenance.distributing import distribute

SHARDS = 4
"""The number of shards of each table. Few are enough, because specs store few rows."""

WORKERS = "SELECT nodename, nodeport FROM pg_dist_node WHERE noderole = 'primary' AND groupid <> 0"


class Cluster:
    """The cluster that a server may belong to. `admin` connects to a URL."""

    def __init__(self, url: str, admin: Callable[[str], Any]) -> None:
        self.url, self.admin = urlsplit(url), admin

    @cache  # noqa: B019
    def exists(self) -> bool:
        """Whether the database at the URL has the Citus extension."""
        [(found,)] = self.rows("SELECT to_regclass('pg_dist_node')")
        return found is not None

    def rows(self, sql: str) -> list[Any]:
        found: list[Any] = self.admin(self.url.geturl()).execute(sql).fetchall()
        return found

    def nodes(self) -> list[str]:
        """The URLs of the coordinator and of its workers, with the database of the URL."""
        user, at, _ = self.url.netloc.rpartition("@")
        places = [f"{user}{at}{host}:{port}" for host, port in self.rows(WORKERS)]
        return [self.url.geturl(), *(self.url._replace(netloc=each).geturl() for each in places)]

    def make(self, name: str) -> None:
        """Make an empty database on every node, and register the nodes with the coordinator."""
        for node in self.nodes():
            self.admin(node).execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
            self.admin(named(node, name)).execute("CREATE EXTENSION citus")
        coordinator = self.admin(named(self.url.geturl(), name))
        coordinator.execute(f'ALTER DATABASE "{name}" SET citus.shard_count = {SHARDS}')
        host, port = self.url.hostname, self.url.port or 5432
        coordinator.execute("SELECT citus_set_coordinator_host(%s, %s)", [host, port])
        for host, port in self.rows(WORKERS):
            coordinator.execute("SELECT citus_add_node(%s, %s)", [host, port])

    def fill(self, url: str) -> None:
        """Make the tables of growth in a new database, and distribute them."""
        migrate(connect(url, may_make=True))
        list(distribute(database.obj))
        database.end()

    def drop(self, name: str) -> None:
        for node in reversed(self.nodes()):
            self.admin(node).execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def named(url: str, name: str) -> str:
    return urlsplit(url)._replace(path=f"/{name}").geturl()
