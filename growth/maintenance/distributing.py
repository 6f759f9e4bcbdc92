"""Spreads the tables of a PostgreSQL database over the workers of a Citus cluster.

Citus splits a table into shards by the hash of one column. Tables about visitors are split by
fingerprint, tables about persons by owner. These columns are texts of one collation, and the tables
are in one colocation group, so rows with equal values are on the same worker.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from peewee import Database

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
"""The column that distributes the rows of a table."""

COLOCATED: dict[Any, Any] = {
    RollupRecord: None,
    CountryRollupRecord: RollupRecord,
    PageviewRecord: None,
}
"""Key: a table. Value: the table that it is colocated with, or None if it begins a group.

Other tables in COLUMNS are colocated with the pageviews.
"""

COPIED = (OriginRecord,)
"""Tables that every worker has whole, because other tables are joined with them.

Tables that are neither here nor in COLUMNS stay on the coordinator. They are small, and no other
table is joined with them.
"""

DONE = "SELECT logicalrelid::text FROM pg_dist_partition"


def distribute(found: Database) -> Iterator[str]:
    """Distribute the tables that are not distributed yet, with their rows; yield their names.

    Raises DatabaseError without Citus.
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
    """Distribute tables.

    The views are dropped and made anew: some versions of Citus refuse tables that a view uses.
    """
    drop_views(found)
    try:
        for record in records:
            found.execute_sql(*command(record))
            yield record.table
    finally:
        create_views(found)


def command(record: Any) -> tuple[str, tuple[str, ...]]:
    """The statement that distributes a table, or copies it to all workers."""
    name = record.table
    if record in COPIED:
        return "SELECT create_reference_table(%s)", (name,)
    beside = COLOCATED.get(record, PageviewRecord)
    group = "none" if beside is None else beside.table
    sql = "SELECT create_distributed_table(%s, %s, colocate_with => %s)"
    return sql, (name, COLUMNS[record], group)
