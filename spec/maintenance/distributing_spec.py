"""growth distribute: which tables it distributes, and its errors.

These specs need no Citus. Two stand-ins for functions of Citus record their calls in the table that
Citus uses. So the specs do not show whether Citus accepts the calls.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from databases import Other, bare_database, database_of
from live import growth
from service import Service

from growth.database.connecting import connect
from growth.database.statements import database, key_names
from growth.database.tables import RECORDS, CostRecord, MarkRecord, RejectRecord
from growth.maintenance.distributing import COLOCATED, COLUMNS, COPIED
from growth.views import VIEWS

STAND_IN = """
CREATE TABLE pg_dist_partition (logicalrelid regclass, partkey text, beside text);
CREATE FUNCTION create_distributed_table(name regclass, key text, colocate_with text) RETURNS void
LANGUAGE sql AS 'INSERT INTO pg_dist_partition VALUES (name, key, colocate_with)';
CREATE FUNCTION create_reference_table(name regclass) RETURNS void
LANGUAGE sql AS 'INSERT INTO pg_dist_partition VALUES (name)';
"""

SPREAD = "SELECT logicalrelid::text, partkey, beside FROM pg_dist_partition ORDER BY 1"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return os.environ | {"DATABASE_URL": database_of(tmp_path)}


class DescribeTheTables:
    def it_is_every_table_but_what_stays_on_the_coordinator(self) -> None:
        stays = {CostRecord, RejectRecord, MarkRecord}

        assert {*COLUMNS, *COPIED} == set(RECORDS) - stays

    @pytest.mark.parametrize("record", COLUMNS, ids=lambda record: record.__name__)
    def it_has_the_column_in_every_unique_index(self, service: Service, record: Any) -> None:
        """Otherwise a shard could not decide by itself whether a row is unique."""
        indexes = [each.columns for each in database.get_indexes(record.table) if each.unique]

        for columns in (key_names(record), *indexes):
            assert COLUMNS[record] in columns

    def it_has_beside_each_other_columns_of_the_same_type(self) -> None:
        def column(record: type) -> tuple[object, ...]:
            field = getattr(record, COLUMNS[record])
            return field.field_type, field.null

        for record in set(COLUMNS) - set(COLOCATED):
            assert column(record) == ("TEXT", False)
        for record, beside in COLOCATED.items():
            assert beside is None or column(record) == column(beside)


@pytest.mark.one_node
class DescribeDistribute:
    def it_says_what_it_needs(self, environ: dict[str, str]) -> None:
        done = growth(environ, "distribute")

        assert done.returncode == 1
        assert "CREATE EXTENSION citus" in done.stderr

    def it_needs_the_tables(self, tmp_path: Path) -> None:
        done = growth(os.environ | {"DATABASE_URL": bare_database(tmp_path)}, "distribute")

        assert done.returncode == 1
        assert "growth migrate" in done.stderr


@pytest.mark.postgres
@pytest.mark.one_node
class DescribeDistributeInACluster:
    @pytest.fixture
    def cluster(self, environ: dict[str, str]) -> dict[str, str]:
        with Other(environ["DATABASE_URL"]) as other:
            other.execute(STAND_IN)
        return environ

    def it_spreads_each_table_and_tells_it(self, cluster: dict[str, str]) -> None:
        done = growth(cluster, "distribute")

        assert (done.returncode, done.stderr) == (0, "")
        told = done.stdout.splitlines()
        assert told[:2] == ["distributed origins", "distributed pageviews"]
        with Other(cluster["DATABASE_URL"]) as other:
            rows = other.rows(SPREAD)
        assert len(rows) == len(told) == len(COLUMNS) + len(COPIED)
        assert ("origins", None, None) in rows
        assert ("pageviews", "fingerprint", "none") in rows
        assert ("credits", "owner", "pageviews") in rows
        assert ("country_rollups", "slot", "rollups") in rows

    def it_goes_on_where_it_was_broken_off(self, cluster: dict[str, str]) -> None:
        with Other(cluster["DATABASE_URL"]) as other:
            other.execute("SELECT create_reference_table('origins')")

        assert "origins" not in growth(cluster, "distribute").stdout
        assert growth(cluster, "distribute").stdout == "nothing to distribute\n"

    def it_is_done_with_what_a_migration_makes(self, cluster: dict[str, str]) -> None:
        growth(cluster, "distribute")
        with Other(cluster["DATABASE_URL"]) as other:
            other.execute("DELETE FROM pg_dist_partition WHERE logicalrelid = 'rollups'::regclass")

        assert growth(cluster, "migrate", "--quiet").stdout == "distributed rollups\n"

    def it_keeps_the_views(self, cluster: dict[str, str]) -> None:
        growth(cluster, "distribute")

        with Other(cluster["DATABASE_URL"]) as other:
            found = {name for (name,) in other.rows("SELECT viewname FROM pg_views")}
        assert set(VIEWS) <= found

    def it_raises_the_slots(self, cluster: dict[str, str]) -> None:
        url = cluster["DATABASE_URL"]
        assert connect(url).slots == 8

        growth(cluster, "distribute")

        assert connect(url).slots == 64
        database.end()
