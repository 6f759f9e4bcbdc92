"""PostgreSQL: lost connections, deadlocks, sort order, migrations and encodings."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from databases import Other, admin, bare_database
from live import get, growth, post_once, serving, wait_until_healthy
from peewee import OperationalError
from service import Service, event, pageview, problem

from growth.database.connecting import connect
from growth.database.engines import DatabaseError
from growth.database.faults import fault_of
from growth.database.statements import database
from growth.database.tables import EventRecord, MarkRecord
from growth.maintenance.backup import backup

pytestmark = pytest.mark.postgres

OURS = "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'growth'"
KILL = f"SELECT pg_terminate_backend(pid) {OURS}"


@contextmanager
def down(url: str) -> Iterator[None]:
    """Make a database refuse connections, and end those it has."""
    name = url.rpartition("/")[2]
    server = admin(url.removesuffix(name) + "postgres")
    server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
    server.execute(ended, [name])
    yield
    server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


class DescribeALostConnection:
    def it_is_made_anew_for_a_write(self, service: Service, other: Other) -> None:
        service.store("/pageviews", pageview())
        other.execute(KILL)

        service.store("/pageviews", pageview(id="next"))

    def it_is_made_anew_for_a_read(self, service: Service, other: Other) -> None:
        service.store("/pageviews", pageview())
        assert service.ask()["totals"]["visits"] == 1
        other.execute(KILL)

        assert service.ask()["totals"]["visits"] == 1

    def it_is_made_anew_in_the_midst_of_a_write(self, service: Service, other: Other) -> None:
        apply, kills = service.ledger.store, [KILL]

        def store(facts: Any) -> Any:
            if kills:
                other.execute(kills.pop())
            return apply(facts)

        service.ledger.store = store  # type: ignore[method-assign]

        assert service.post("/pageviews", pageview()).json["stored"] == 1
        assert kills == []

    def it_is_503_when_it_is_lost_again(self, service: Service, other: Other) -> None:
        apply = service.ledger.store

        def store(facts: Any) -> Any:
            other.execute(KILL)
            return apply(facts)

        service.ledger.store = store  # type: ignore[method-assign]
        problem(service.post("/pageviews", pageview()), 503)

        service.ledger.store = apply  # type: ignore[method-assign]
        service.store("/pageviews", pageview())

    def it_is_503_while_the_server_is_down(self, tmp_path: Path) -> None:
        with serving(tmp_path) as server:
            with down(server.database_url):
                assert post_once(server, "/pageviews", pageview())[0] == 503
                assert get(server, "/healthz").status == 503
            wait_until_healthy(server)

            assert post_once(server, "/pageviews", pageview())[1]["stored"] == 1


class DescribeADeadlock:
    def it_is_tried_again(self, service: Service, other: Other) -> None:
        """Two transactions lock two rows in opposite orders. PostgreSQL ends ours, because the
        other one has a longer deadlock_timeout."""
        other.execute("SET deadlock_timeout = '20s'")
        other.execute("INSERT INTO marks VALUES ('a', ''), ('b', '')")
        other.execute("BEGIN; SELECT * FROM marks WHERE name = 'b' FOR UPDATE")
        crossing = threading.Thread(
            target=lambda: other.execute("UPDATE marks SET value = 'y' WHERE name = 'a'; COMMIT")
        )
        tries = []

        def work() -> None:
            with database.atomic():
                tries.append(set_mark("a"))
                if len(tries) == 1:
                    crossing.start()
                set_mark("b")

        database.persist(work)

        crossing.join()
        assert len(tries) == 2
        assert other.rows("SELECT value FROM marks") == [("x",), ("x",)]


def set_mark(name: str) -> int:
    return int(MarkRecord.update(value="x").where(MarkRecord.name == name).execute())


class DescribeConnections:
    def it_has_one_for_each_thread_that_reads_at_once(self, service: Service, other: Other) -> None:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: service.ask(), range(20)))

        [(count,)] = other.rows(f"SELECT COUNT(*) {OURS}")
        assert count <= service.settings.threads

    def it_is_given_back_after_each_answer(self, service: Service, other: Other) -> None:
        for _ in range(3):
            with ThreadPoolExecutor(1) as pool:  # a new thread each time
                pool.submit(service.ask).result()

        [(count,)] = other.rows(f"SELECT COUNT(*) {OURS}")
        assert count <= 2

    def it_takes_what_the_url_says(self, service: Service) -> None:
        url = service.settings.database_url
        found = connect(f"{url}?application_name=spec")

        assert found.execute_sql("SHOW application_name").fetchone() == ("spec",)
        with pytest.raises(DatabaseError, match="does not support SSL"):
            connect(f"{url}?sslmode=require")

    def it_waits_for_no_statement_forever(self, service: Service) -> None:
        connect(service.settings.database_url)
        told = [
            database.execute_sql(f"SHOW {name}").fetchone()[0]
            for name in ("lock_timeout", "statement_timeout")
        ]

        assert told == ["2s", "30s"]

    def it_says_that_a_stopped_statement_was_slow(self, service: Service) -> None:
        with database.atomic() as transaction:
            database.execute_sql("SET LOCAL statement_timeout = 10")
            with pytest.raises(OperationalError) as caught:
                database.execute_sql("SELECT pg_sleep(1)")
            transaction.rollback()

        assert fault_of(caught.value).reason == "slow"

    def it_says_which_url_fails_and_hides_the_password(self) -> None:
        with pytest.raises(
            DatabaseError, match=r"DATABASE_URL=postgresql://a:\*\*\*@127.0.0.1:1/x"
        ):
            connect("postgresql://a:s3cret@127.0.0.1:1/x")


class DescribeText:
    def it_sorts_by_its_bytes_as_on_sqlite(self, service: Service) -> None:
        names = ["a", "B", "ä", "Z", "_", "z"]
        service.store("/events", *(event(name=name) for name in names))

        rows = EventRecord.select(EventRecord.name).order_by(EventRecord.name)
        assert [row.name for row in rows] == sorted(names)


class DescribeMigrating:
    def it_is_done_once_by_two_at_once(self, tmp_path: Path) -> None:
        environ = os.environ | {"DATABASE_URL": bare_database(tmp_path)}
        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(lambda _: growth(environ, "migrate"), range(2)))

        assert [each.returncode for each in done] == [0, 0]
        one, other = sorted((each.stdout for each in done), key=len)
        assert (one, other.splitlines()[0]) == ("nothing to apply\n", "applied 0001_initial")


class DescribeBackup:
    def it_names_the_tool_that_does_it(self, service: Service, tmp_path: Path) -> None:
        with pytest.raises(DatabaseError, match="pg_dump"):
            backup(database, tmp_path / "x.db")


class DescribeStatements:
    def it_reads_placeholders_and_doubled_signs_as_psycopg_does(self, service: Service) -> None:
        asked = database.execute_sql("SELECT '100%%', %s::TEXT, %s::INT", ("%s", 1))

        assert asked.fetchall() == [("100%", "%s", 1)]

    def it_looks_rows_up_by_their_keys_while_it_writes(self, service: Service) -> None:
        def shown() -> str:
            return str(database.execute_sql("SHOW enable_seqscan").fetchone()[0])

        with database.atomic("IMMEDIATE"):
            assert shown() == "off"
        with database.atomic("DEFERRED"):
            assert shown() == "on"

    def it_sees_what_is_committed_whatever_the_server_defaults_to(self, service: Service) -> None:
        database.execute_sql("SET default_transaction_isolation = 'serializable'")

        for kind in (None, "IMMEDIATE", "EXCLUSIVE"):
            with database.atomic(kind) if kind else database.atomic():
                shown = database.execute_sql("SHOW transaction_isolation").fetchone()
                assert shown == ("read committed",)


class DescribeAnEncoding:
    @pytest.mark.parametrize("name", ["LATIN1", "SQL_ASCII"])
    def it_is_utf_8(self, service: Service, name: str) -> None:
        url = service.settings.database_url
        server, other = admin(url), f"{url.rpartition('/')[2]}_{name.lower()}"
        server.execute(
            f"CREATE DATABASE \"{other}\" TEMPLATE template0 ENCODING '{name}' "
            "LC_COLLATE 'C' LC_CTYPE 'C'"
        )
        try:
            with pytest.raises(DatabaseError, match=f"encoding '{name}': create it with UTF8"):
                connect(f"{url.rpartition('/')[0]}/{other}")
        finally:
            server.execute(f'DROP DATABASE "{other}" WITH (FORCE)')
