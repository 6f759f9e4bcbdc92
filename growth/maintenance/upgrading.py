"""Updates a database: migrates its tables, and on a cluster distributes new ones."""

from __future__ import annotations

from collections.abc import Iterator

from peewee import Database

from growth.database.connecting import migrate
from growth.maintenance.distributing import distribute


def upgrade(found: Database) -> Iterator[str]:
    """Apply pending migrations; yield a line for each step. Raises DatabaseError."""
    yield from (f"applied {name}" for name in migrate(found))
    if found.is_cluster:
        yield from (f"distributed {name}" for name in distribute(found))
