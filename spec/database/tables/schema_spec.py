"""The migrations make exactly the tables of the records."""

import re
from pathlib import Path

import peewee
import pytest
from databases import ON_POSTGRES, Other, bare_database, database_of
from service import Service

from growth.database.connecting import connect
from growth.database.statements import Record, database, fields, key_names
from growth.database.tables import DERIVED, FACTS, RECORDS

TABLES = """
SELECT sql FROM sqlite_master
WHERE sql IS NOT NULL AND type <> 'view' AND tbl_name <> 'schema_migrations'
"""
COLUMNS = """
SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, collation_name)
FROM information_schema.columns
WHERE table_schema = 'public' AND table_name <> 'schema_migrations'
  AND table_name NOT IN (SELECT viewname FROM pg_views)
UNION ALL
SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'schema_migrations'
"""


def schema(url: str) -> list[str]:
    """The definitions of all tables and indexes, without quotes, line breaks and names of indexes.

    peewee names an index after its class, a migration does not.
    """
    with Other(url) as other:
        rows = other.rows(COLUMNS if ON_POSTGRES else TABLES)
    return sorted(canonical(sql) for (sql,) in rows)


def canonical(sql: str) -> str:
    unnamed = re.sub(r"INDEX \w+", "INDEX", sql.replace('"', ""))
    return " ".join(
        re.sub(r"([()])", r" \1 ", re.sub(r"WHERE \((.*)\)", r"WHERE \1", unnamed)).split()
    )


@pytest.fixture
def migrated(tmp_path: Path) -> str:
    return database_of(tmp_path)


@pytest.fixture
def created(tmp_path: Path) -> str:
    url = bare_database(tmp_path)
    connect(url, may_make=True).create_tables(RECORDS)
    database.end()
    return url


class DescribeTheMigrations:
    @pytest.mark.one_node
    def it_makes_the_tables_and_indexes_of_the_records(self, migrated: str, created: str) -> None:
        assert schema(migrated) == schema(created)
        assert len(schema(created)) > len(RECORDS)


class DescribeTheRecords:
    def it_has_each_record_once(self) -> None:
        assert len(set(RECORDS)) == len(RECORDS)
        assert set(FACTS) | set(DERIVED) < set(RECORDS)

    @pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
    def it_knows_its_key(self, service: Service, record: type[Record]) -> None:
        assert list(key_names(record)) == database.get_primary_keys(record.table)

    @pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
    def it_keeps_no_floats(self, record: type[peewee.Model]) -> None:
        floats = (peewee.FloatField, peewee.DoubleField, peewee.DecimalField)

        assert not [each for each in fields(record) if isinstance(each, floats)]
