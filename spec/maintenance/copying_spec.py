"""growth copy: a database in use is copied into another one, on the same engine or another."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from databases import Other, bare_database, database_of
from histories import did, seen
from live import growth
from service import Service, cost, event, pageview

from growth.maintenance import copying


@pytest.fixture
def told(service: Service) -> Service:
    """A service with facts of all kinds and a reject."""
    service.store("/pageviews", *(seen(n, "ad", fingerprint=f"f{n}") for n in range(30)))
    service.store("/pageviews", seen(90, "search", fingerprint="f1", user_id="ada", country="DE"))
    service.store("/events", did(100, "signup", fingerprint="f1", value="9.99", currency="EUR"))
    service.store("/costs", cost())
    service.post("/pageviews", pageview(url="ftp://e.example/"))
    return service


@pytest.fixture
def target(tmp_path: Path) -> str:
    folder = tmp_path / "target"
    folder.mkdir()
    return database_of(folder)


def copied(source: str, target: str) -> str:
    """The output of the command. Asserts that it succeeds."""
    done = growth(dict(os.environ), "copy", "--from", source, "--to", target)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(source: str, target: str) -> str:
    done = growth(dict(os.environ), "copy", "--from", source, "--to", target)
    assert done.returncode == 1
    return done.stderr


def checked(url: str) -> str:
    return growth(os.environ | {"DATABASE_URL": url}, "rebuild", "--check").stdout


class DescribeACopy:
    def it_is_the_same(self, told: Service, target: str) -> None:
        said = copied(told.settings.database_url, target)

        assert said.endswith("both databases have the same counts and reports\n")
        assert checked(target) == "0 rows differ\n"
        assert copied(told.settings.database_url, target).startswith("wrote 0 rows")

    @pytest.mark.postgres
    def it_goes_by_way_of_a_file(self, told: Service, target: str, tmp_path: Path) -> None:
        file = f"sqlite:///{tmp_path}/between.db"
        assert growth(os.environ | {"DATABASE_URL": file}, "migrate").returncode == 0

        copied(told.settings.database_url, file)
        copied(file, target)

        assert checked(target) == "0 rows differ\n"
        assert copied(told.settings.database_url, target).startswith("wrote 0 rows")

    def it_is_brought_up_to_date(self, told: Service, target: str) -> None:
        copied(told.settings.database_url, target)
        told.store("/events", event(fingerprint="f2", name="purchase", value=5, currency="USD"))
        told.store("/pageviews", seen(-90, "newsletter", fingerprint="f1"))

        said = copied(told.settings.database_url, target)

        assert 0 < int(said.split()[1]) < 60  # of some 200

    def it_goes_on_where_it_was_broken_off(self, told: Service, target: str) -> None:
        copied(told.settings.database_url, target)
        with Other(target) as other:
            other.execute("UPDATE marks SET value = 'unfinished' WHERE name = 'copied'")
            other.execute("DELETE FROM visits")
            other.execute("INSERT INTO devices VALUES ('eve', 'phone')")

        assert copied(told.settings.database_url, target).startswith("wrote 31 rows")


class DescribeARefusal:
    def it_is_of_a_target_with_facts_of_its_own(self, told: Service, target: str) -> None:
        copied(told.settings.database_url, target)
        with Other(target) as other:  # as a service on the target would
            other.execute("UPDATE marks SET value = 'another' WHERE name = 'state'")

        assert "has facts that no copy wrote" in refused(told.settings.database_url, target)

    def it_is_of_a_source_and_target_that_are_the_same(self, told: Service) -> None:
        url = told.settings.database_url

        assert "--from and --to name the same database" in refused(url, url)

    def it_is_of_a_source_that_is_not_there(self, target: str, tmp_path: Path) -> None:
        assert f"there is no {tmp_path}/none.db" in refused(f"sqlite:///{tmp_path}/none.db", target)
        assert not (tmp_path / "none.db").exists()

    def it_is_of_a_target_that_is_not_migrated(self, told: Service, tmp_path: Path) -> None:
        bare = bare_database(tmp_path)

        assert "run: growth migrate" in refused(told.settings.database_url, bare)

    def it_is_of_a_copy_that_differs(self, told: Service, target: str) -> None:
        """The copy differs here because the target ignores inserted events."""
        with Other(target) as other:
            drop_inserts(other, target)

        assert "the copy differs from the source: rows of events" in refused(
            told.settings.database_url, target
        )


def drop_inserts(other: Other, url: str) -> None:
    """Make a database silently ignore all inserted events."""
    if url.startswith("sqlite"):
        other.execute(
            "CREATE TRIGGER dropped BEFORE INSERT ON events BEGIN SELECT RAISE(IGNORE); END"
        )
    else:
        other.execute("CREATE RULE dropped AS ON INSERT TO events DO INSTEAD NOTHING")


class DescribeChunks:
    def it_copies_more_than_fits_into_one(self, service: Service, target: str) -> None:
        pages = [seen(n, "ad", fingerprint=f"f{n:04}") for n in range(copying.ROWS)]
        service.store("/pageviews", *pages)
        service.store("/pageviews", seen(0, "ad", fingerprint="last"))

        assert int(copied(service.settings.database_url, target).split()[1]) > 2 * copying.ROWS
