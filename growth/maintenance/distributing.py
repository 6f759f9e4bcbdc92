"""Spreads the tables of a PostgreSQL database over the workers of a Citus cluster.

Citus splits a table into shards by the hash of one column (see COLUMNS). The columns `fingerprint`,
`subject` and `owner` are texts of one collation, and their tables are in one colocation group. So
rows that have the same text in these columns are on the same worker, even rows of different tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from peewee import Database

from growth.database.connecting import migrate
from growth.database.engines import DatabaseError
from growth.database.tables import (
    ClaimRecord,
    ConversionRecord,
    CountryRollupRecord,
    CreditRecord,
    DeviceRecord,
    EventRecord,
    OriginRecord,
    PageviewRecord,
    PersonRecord,
    RemnantRecord,
    RollupRecord,
    VisitRecord,
)
from growth.views import create_views, drop_views

COLUMNS: dict[Any, str] = {
    PageviewRecord: "fingerprint",
    EventRecord: "subject",
    RemnantRecord: "subject",
    ClaimRecord: "fingerprint",
    DeviceRecord: "fingerprint",
    VisitRecord: "fingerprint",
    PersonRecord: "owner",
    ConversionRecord: "owner",
    CreditRecord: "owner",
    RollupRecord: "slot",
    CountryRollupRecord: "slot",
}
"""Maps a table to a column. The value in this column decides on which worker a row is."""

COLOCATED: dict[Any, Any] = {
    RollupRecord: None,
    CountryRollupRecord: RollupRecord,
    PageviewRecord: None,
}
"""Maps a table to a table of its colocation group. A table that begins a group is mapped to None.

A table that is in COLUMNS but not here is colocated with the pageviews.
"""

COPIED = (OriginRecord,)
"""Tables of which each worker has a full copy, because other tables are joined with them.

All tables outside COPIED and COLUMNS stay on the coordinator. These tables are small, and no other
table is joined with them.
"""

DONE = "SELECT logicalrelid::text FROM pg_dist_partition"


def distribute(found: Database) -> Iterator[str]:
    """Distribute the tables that are not distributed yet, together with their rows.

    Yields the names of these tables. Raises DatabaseError if the database does not have Citus.
    """
    if not found.has_citus():
        raise DatabaseError(
            "growth distribute needs PostgreSQL with Citus; in this database, run as a superuser: "
            "CREATE EXTENSION citus"
        )
    with found.migrating():
        done = {name for (name,) in found.execute_sql(DONE).fetchall()}
        left = [record for record in (*COPIED, *COLUMNS) if record.table not in done]
        if left:
            yield from spread(found, left)


def spread(found: Database, records: Sequence[Any]) -> Iterator[str]:
    """Distribute tables, and yield their names.

    All SQL views are dropped first and created again at the end, because some versions of Citus
    cannot distribute a table that a view uses.
    """
    drop_views(found)
    try:
        for record in records:
            found.execute_sql(*command(record))
            yield record.table
    finally:
        create_views(found)


def command(record: Any) -> tuple[str, tuple[str, ...]]:
    """The SQL and the parameters to distribute a table, or to copy it to all workers."""
    name = record.table
    if record in COPIED:
        return "SELECT create_reference_table(%s)", (name,)
    beside = COLOCATED.get(record, PageviewRecord)
    group = "none" if beside is None else beside.table
    sql = "SELECT create_distributed_table(%s, %s, colocate_with => %s)"
    return sql, (name, COLUMNS[record], group)


def upgrade(found: Database) -> Iterator[str]:
    """Apply pending migrations; on a cluster, also distribute the tables that they created.

    Yields a line of text for each migration and each table. Raises DatabaseError if the database is
    newer than this version.
    """
    yield from (f"applied {name}" for name in migrate(found))
    if found.is_cluster:
        yield from (f"distributed {name}" for name in distribute(found))
