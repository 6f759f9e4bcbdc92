"""growth backup: a sound copy of a database in use."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from databases import Other
from live import Call, send, serving
from service import Service, pageview

from growth.database.engines import DatabaseError
from growth.database.engines.sqlite import path_of
from growth.database.statements import database
from growth.maintenance.backup import backup

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


class DescribeRestoring:
    def it_is_copying_the_file_back(self, tmp_path: Path) -> None:
        copy = tmp_path / "copy.db"
        with serving(tmp_path) as server:
            post(server.url, "1")
            made = server.growth("backup", str(copy))
            post(server.url, "2")

            assert made.returncode == 0, made.stderr
            assert "verified" in made.stdout
        for path in tmp_path.glob("growth.db-*"):
            path.unlink()
        shutil.copy(copy, tmp_path / "growth.db")

        with serving(tmp_path) as server:
            assert post(server.url, "1") == {"stored": 0, "duplicates": 1, "rejected": []}
            assert post(server.url, "2") == {"stored": 1, "duplicates": 0, "rejected": []}
            assert server.growth("rebuild", "--check").returncode == 0


def post(url: str, name: str) -> object:
    body = b'{"fingerprint": "f", "url": "https://e.example/", "id": "%s"}' % name.encode()
    call = Call(
        "POST", "http://127.0.0.1:8000/pageviews", {"Content-Type": "application/json"}, body
    )
    return send(call, url).body
