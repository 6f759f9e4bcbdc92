"""DATABASE_URL: the engine that it names, and how messages hide its password."""

import sys

import pytest
from service import Service

from growth.database.engines import DatabaseError, open_engine, without_password
from growth.database.engines.sqlite import Sqlite
from growth.settings import load_settings


class DescribeAUrl:
    def it_names_a_file(self) -> None:
        assert isinstance(open_engine("sqlite:///x.db"), Sqlite)

    @pytest.mark.parametrize(
        ("url", "told"),
        [
            ("sqlite:///db/growth.db", "sqlite:///db/growth.db"),
            ("postgresql://ada@db:5432/growth", "postgresql://ada@db:5432/growth"),
            ("postgresql://ada:s3cr:t@db/growth", "postgresql://ada:***@db/growth"),
            ("postgresql://ada:s3/c@r?t@db/growth", "postgresql://ada:***@db/growth"),
            ("postgres://ada:s3cr:t@db/growth", "postgres://ada:***@db/growth"),
            ("postgresql://db/growth?password=s3&x=1", "postgresql://db/growth?password=***&x=1"),
            ("postgresql://db/growth?sslpassword=s3", "postgresql://db/growth?sslpassword=***"),
        ],
    )
    def it_is_told_without_its_password(self, url: str, told: str) -> None:
        assert without_password(url) == told

    @pytest.mark.postgres
    @pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
    def it_names_a_server(self, service: Service, scheme: str) -> None:
        found = open_engine(f"{scheme}://{service.settings.database_url.partition('://')[2]}")

        found.prove()

        found.end()

    @pytest.mark.parametrize("password", ["s3@cret", "s3/cret", "s3#cret", "s3%cret", "s3cret%"])
    def it_has_its_password_percent_encoded(self, password: str) -> None:
        with pytest.raises(DatabaseError, match="percent-encode the user and the password") as told:
            open_engine(f"postgresql://ada:{password}@db/growth")

        assert "cret" not in str(told.value)
        assert open_engine("postgresql://ada:s3%40cret@db/growth?application_name=a@b")

    @pytest.mark.parametrize(
        ("url", "told"),
        [
            ("mysql://ada:s3cret@db/growth", "mysql://ada:***@db/growth"),
            ("sqlite:///", "sqlite:///"),
            ("growth.db", "growth.db"),
        ],
    )
    def it_names_a_known_engine(self, url: str, told: str) -> None:
        with pytest.raises(DatabaseError) as caught:
            open_engine(url)

        assert str(caught.value) == (
            f"DATABASE_URL={told}: must be sqlite:///path or postgresql://…"
        )

    @pytest.mark.parametrize(
        ("url", "told"),
        [
            ("postgresql://ada:s3cret@db/growth?nonsense=1", 'URI query parameter: "nonsense"'),
            ("postgresql://ada:s3cret@[::1/growth", "IPv6 host address"),
        ],
    )
    def it_is_one_that_libpq_reads(self, url: str, told: str) -> None:
        with pytest.raises(DatabaseError, match=told) as caught:
            open_engine(url)

        assert "s3cret" not in str(caught.value)

    def it_stays_out_of_what_is_logged(self) -> None:
        settings = load_settings({"DATABASE_URL": "postgresql://ada:s3cret@db/growth"})

        assert "s3cret" not in repr(settings)

    def it_says_what_a_server_needs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "psycopg", None)  # as if psycopg were not installed
        monkeypatch.delitem(sys.modules, "growth.database.engines.postgres", raising=False)

        with pytest.raises(DatabaseError, match=r"run: \S+ -m pip install -e '\.\[postgres"):
            open_engine("postgresql://ada:s3cret@db/growth")
