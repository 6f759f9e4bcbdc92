"""The tables that the migrations make are those of the records."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import peewee
import pytest

from growth.database import connect, migrate, path_of
from growth.models import DERIVED, FACTS, RECORDS
from growth.models.base import database

HISTORY = "schema_migrations"


def schema(url: str) -> list[str]:
    """The SQL of every table and index of ours. An index counts by what it covers, for its name
    comes from that of the class."""
    with closing(sqlite3.connect(path_of(url))) as connection:
        rows = connection.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name <> ?", (HISTORY,)
        ).fetchall()
    return sorted(re.sub(r'(INDEX )"\w+"', r"\1", sql) for (sql,) in rows)


@pytest.fixture
def migrated(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/migrated.db"
    migrate(connect(url))
    database.close()
    return url


@pytest.fixture
def created(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/created.db"
    connect(url).create_tables(RECORDS)
    database.close()
    return url


class DescribeTheMigrations:
    def it_makes_the_tables_and_indexes_of_the_records(self, migrated: str, created: str) -> None:
        assert schema(migrated) == schema(created)
        assert len(schema(created)) > len(RECORDS)


class DescribeTheRecords:
    def it_has_each_record_once(self) -> None:
        assert len(set(RECORDS)) == len(RECORDS)
        assert set(FACTS) | set(DERIVED) < set(RECORDS)

    @pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
    def it_keeps_no_floats(self, record: type[peewee.Model]) -> None:
        floats = (peewee.FloatField, peewee.DoubleField, peewee.DecimalField)

        assert not [each for each in record._meta.sorted_fields if isinstance(each, floats)]
