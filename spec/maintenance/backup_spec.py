"""growth backup: a sound copy of a database in use."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from databases import Other
from live import Call, growth, send, serving
from service import Service, pageview

from growth.database.engines import DatabaseError, open_engine
from growth.database.engines.sqlite import path_of
from growth.database.statements import database
from growth.maintenance.backup import backup, restore

pytestmark = pytest.mark.sqlite


def facts_in(path: Path) -> int:
    with closing(sqlite3.connect(path)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        count: int = copy.execute("SELECT COUNT(*) FROM pageviews").fetchone()[0]
        return count


class DescribeABackup:
    def it_is_one_sound_file_that_replaces_the_last(self, service: Service, tmp_path: Path) -> None:
        target = tmp_path / "copies" / "growth.db"
        target.parent.mkdir()
        for number in (1, 2):
            service.store("/pageviews", pageview(id=str(number)))
            size = backup(database, target)

            assert facts_in(target) == number
            assert [path.name for path in target.parent.iterdir()] == ["growth.db"]
            assert size == target.stat().st_size

    def it_leaves_the_last_as_it_was_if_it_is_not_sound(
        self, service: Service, tmp_path: Path, other: Other
    ) -> None:
        target = tmp_path / "copy.db"
        backup(database, target)
        before = target.read_bytes()
        other.execute("PRAGMA writable_schema = ON")
        other.execute("UPDATE sqlite_master SET rootpage = 2 WHERE type = 'index' AND rootpage > 2")

        with pytest.raises(DatabaseError, match="the backup failed: "):
            backup(database, target)

        assert target.read_bytes() == before
        assert not list(tmp_path.glob(".copy*"))

    def it_needs_a_folder_and_another_file(self, service: Service, tmp_path: Path) -> None:
        with pytest.raises(DatabaseError, match="unable to open"):
            backup(database, tmp_path / "nowhere" / "x.db")
        with pytest.raises(DatabaseError, match="is the database itself"):
            backup(database, path_of(service.settings.database_url))


class DescribeABackupOfNothing:
    @pytest.mark.parametrize("sql", ["", "CREATE TABLE pageviews (a)"])
    def it_is_refused_and_the_last_stays(self, tmp_path: Path, sql: str) -> None:
        target = tmp_path / "copy.db"
        target.write_text("the last good one")
        with closing(sqlite3.connect(tmp_path / "empty.db")) as empty:
            empty.execute(sql)
        environ = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path}/empty.db"}

        made = growth(environ, "backup", str(target))

        assert made.returncode == 1
        assert "the copy is not a database of growth" in made.stderr
        assert target.read_text() == "the last good one"


class DescribeRestoring:
    def it_puts_the_backup_in_the_place_of_the_database(self, tmp_path: Path) -> None:
        copy = tmp_path / "copy.db"
        with serving(tmp_path) as server:
            post(server.url, "1")
            made = server.growth("backup", str(copy))
            post(server.url, "2")
            assert made.returncode == 0, made.stderr
            assert "verified" in made.stdout
            server.process.kill()  # a killed server leaves its log behind
            server.process.wait()

        restored = server.growth("restore", str(copy))

        assert restored.returncode == 0, restored.stderr
        assert facts_in(tmp_path / "growth.db.replaced") == 2
        with serving(tmp_path) as server:
            assert post(server.url, "1") == {"stored": 0, "duplicates": 1, "rejected": []}
            assert post(server.url, "2") == {"stored": 1, "duplicates": 0, "rejected": []}
            assert server.growth("rebuild", "--check").returncode == 0

    def it_makes_a_database_where_there_is_none(self, service: Service, tmp_path: Path) -> None:
        service.store("/pageviews", pageview())
        backup(database, tmp_path / "copy.db")

        assert restore(open_engine(f"sqlite:///{tmp_path}/new.db"), tmp_path / "copy.db") is None
        assert facts_in(tmp_path / "new.db") == 1

    def it_takes_the_place_of_a_database_that_is_not_sound(
        self, service: Service, tmp_path: Path
    ) -> None:
        backup(database, tmp_path / "copy.db")
        for name in ("bad.db", "bad.db-wal", "bad.db-shm"):
            (tmp_path / name).write_text("no database " * 1_000)

        restore(open_engine(f"sqlite:///{tmp_path}/bad.db"), tmp_path / "copy.db")

        assert facts_in(tmp_path / "bad.db") == 0
        assert {path.name for path in tmp_path.glob("bad*")} == {"bad.db", "bad.db.replaced"}

    def it_is_refused_while_the_service_runs(self, service: Service, tmp_path: Path) -> None:
        copy = tmp_path / "copy.db"
        backup(database, copy)
        service.store("/pageviews", pageview())

        with pytest.raises(DatabaseError, match="; stop the service first"):
            restore(open_engine(service.settings.database_url), copy)

        assert service.facts() == 1

    @pytest.mark.parametrize(
        ("content", "told"), [(b"x" * 5_000, "not a database"), (b"", "not a database of growth")]
    )
    def it_is_refused_for_what_is_no_backup(
        self, service: Service, tmp_path: Path, content: bytes, told: str
    ) -> None:
        (tmp_path / "bad.db").write_bytes(content)
        backup(database, tmp_path / "mine.db")

        with pytest.raises(DatabaseError, match=told):
            restore(open_engine(f"sqlite:///{tmp_path}/mine.db"), tmp_path / "bad.db")

        assert facts_in(tmp_path / "mine.db") == 0
        assert not list(tmp_path.glob(".mine*"))

    def it_needs_another_file(self, service: Service) -> None:
        path = path_of(service.settings.database_url)

        with pytest.raises(DatabaseError, match="is the database itself"):
            restore(open_engine(service.settings.database_url), path)


def post(url: str, name: str) -> object:
    body = b'{"fingerprint": "f", "url": "https://e.example/", "id": "%s"}' % name.encode()
    call = Call(
        "POST", "http://127.0.0.1:8000/pageviews", {"Content-Type": "application/json"}, body
    )
    return send(call, url).body
