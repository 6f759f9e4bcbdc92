"""Opens databases and migrates them."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from growth.database.connecting import connect, migrate, require_current
from growth.database.engines import DatabaseError
from growth.database.engines.sqlite import path_of
from growth.database.statements import database


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    yield f"sqlite:///{tmp_path}/growth.db"
    if database.obj is not None:
        database.end()


def pragma(name: str) -> object:
    return database.execute_sql(f"PRAGMA {name}").fetchone()[0]


class DescribeConnect:
    def it_makes_a_file_that_survives_a_crash(self, url: str) -> None:
        connect(url, may_make=True)

        assert path_of(url).is_file()
        assert pragma("journal_mode") == "wal"
        assert pragma("synchronous") == 2
        assert pragma("busy_timeout") == 2_000

    def it_takes_a_path_with_spaces(self, tmp_path: Path) -> None:
        assert path_of("sqlite:///db/my%20growth.db") == Path("db/my growth.db")
        assert path_of("sqlite:////srv/growth.db") == Path("/srv/growth.db")

    def it_refuses_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(DatabaseError, match=r"there is no folder .*/nowhere; make it, name"):
            connect(f"sqlite:///{tmp_path}/nowhere/growth.db")

    def it_makes_no_file_unless_it_may(self, url: str, tmp_path: Path) -> None:
        with pytest.raises(DatabaseError) as caught:
            connect(url)

        assert str(caught.value).startswith(f"there is no {tmp_path}/growth.db; ")
        assert list(tmp_path.iterdir()) == []

    def it_refuses_a_folder(self, tmp_path: Path) -> None:
        with pytest.raises(DatabaseError, match=r"DATABASE_URL=.*unable to open"):
            connect(f"sqlite:///{tmp_path}")

    def it_refuses_a_file_that_is_no_database(self, url: str) -> None:
        path_of(url).write_text("hello, I am a letter and not a database at all\n" * 100)

        with pytest.raises(DatabaseError, match=r"DATABASE_URL=.*not a database"):
            connect(url)


class DescribeMigrate:
    def it_applies_what_is_pending_once(self, url: str) -> None:
        found = connect(url, may_make=True)

        assert migrate(found)[0] == "0001_initial"
        assert migrate(found) == []
        require_current(found)

    def it_refuses_a_newer_database(self, url: str) -> None:
        found = connect(url, may_make=True)
        migrate(found)
        forge(
            url, "INSERT INTO schema_migrations (name, applied) VALUES ('9999_later', '2031-01-01')"
        )

        for refuse in (migrate, require_current):
            with pytest.raises(
                DatabaseError, match=r"is newer than this version of growth: it has 9999_later"
            ):
                refuse(found)


class DescribeRequireCurrent:
    def it_refuses_a_new_database(self, url: str) -> None:
        with pytest.raises(DatabaseError, match=r"migrations 0001_initial.*; run: growth migrate"):
            require_current(connect(url, may_make=True))

    def it_refuses_an_older_database(self, url: str) -> None:
        found = connect(url, may_make=True)
        migrate(found)
        forge(url, "DELETE FROM schema_migrations")

        with pytest.raises(DatabaseError, match="run: growth migrate"):
            require_current(found)


def forge(url: str, sql: str) -> None:
    with sqlite3.connect(path_of(url)) as connection:
        connection.execute(sql)
    connection.close()
