"""growth serve: a real process on a real socket, from start to stop."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from databases import Other, bare_database, database_of, migrated_past
from live import Server, ask, connection, environ_for, free_port, get, growth, post_once, serving
from patience import wait_until
from service import pageview

from growth.database.engines.sqlite import path_of
from growth.server import SIGNALS, Drain, keep_to_one_processor
from growth.settings import SettingsError

ALLOWED = os.sched_getaffinity(0)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "log"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, log: Path) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    with serving(folder, log=log, HOST="localhost") as running:
        yield running


class DescribeServing:
    def it_says_where_and_what_to_try_next(self, server: Server, log: Path) -> None:
        url = f"http://localhost:{server.environ['PORT']}"

        assert json.loads(log.read_text().splitlines()[0])["message"] == (
            f"growth serves {url}; try: curl '{url}/attribution'; for sample data: make seed"
        )

    def it_answers_many_at_once(self, server: Server, pool: ThreadPoolExecutor) -> None:
        facts = [pageview(id=f"p-{n}", fingerprint="many") for n in range(50)]

        told = list(pool.map(partial(post_once, server, "/pageviews"), facts))

        assert told == [(200, {"stored": 1, "duplicates": 0, "rejected": []})] * 50
        assert get(server, "/attribution?fingerprint=many").body["results"][0]["pageviews"] == 50

    def it_keeps_all_its_threads_on_one_processor(self, server: Server) -> None:
        threads = [int(each) for each in os.listdir(f"/proc/{server.process.pid}/task")]

        found = {frozenset(os.sched_getaffinity(each)) for each in threads}

        assert len(threads) > 10
        assert [len(each) for each in found] == [1]


class DescribeAProcessor:
    @pytest.mark.parametrize(
        ("setting", "kept"),
        [
            ("auto", {sorted(ALLOWED)[os.getpid() % len(ALLOWED)]}),
            ("off", ALLOWED),
            (str(max(ALLOWED)), {max(ALLOWED)}),
        ],
    )
    def it_is_the_one_of_the_setting(self, setting: str, kept: set[int]) -> None:
        assert in_a_thread(partial(affinity, setting)) == kept

    def it_must_be_allowed(self) -> None:
        with pytest.raises(SettingsError, match="GROWTH_CPU=9999: the allowed processors are"):
            in_a_thread(partial(affinity, "9999"))


def affinity(setting: str) -> set[int]:
    keep_to_one_processor(setting)
    return os.sched_getaffinity(0)


def in_a_thread(work: Callable[[], set[int]]) -> set[int]:
    """Run `work` in another thread, so that only that thread is bound to a processor."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


class DescribeServingANewDatabase:
    @pytest.mark.sqlite
    def it_migrates_first_if_it_is_told_to(self, tmp_path: Path) -> None:
        new, log = f"sqlite:///{tmp_path}/new.db", tmp_path / "log"

        with serving(tmp_path, log=log, options=["--migrate"], DATABASE_URL=new) as server:
            assert post_once(server, "/pageviews", pageview())[1]["stored"] == 1

        assert log.read_text().count("0001_initial") == 1


class DescribeAClientBehindAProxy:
    @pytest.mark.parametrize(
        ("proxy", "client"),
        [("", "127.0.0.1"), ("127.0.0.1", "1.2.3.4"), ("10.0.0.1", "127.0.0.1")],
    )
    def it_is_named_by_a_trusted_proxy_alone(self, tmp_path: Path, proxy: str, client: str) -> None:
        log = tmp_path / "log"
        with (
            serving(tmp_path, log=log, GROWTH_TRUSTED_PROXY=proxy) as server,
            closing(connection(server)) as at,
        ):
            at.request("GET", "/attribution", headers={"X-Forwarded-For": "9.9.9.9, 1.2.3.4"})
            assert at.getresponse().status == 200

        lines = map(json.loads, log.read_text().splitlines())
        assert [each["client"] for each in lines if each.get("path") == "/attribution"] == [client]


class DescribeStopping:
    @pytest.fixture(autouse=True)
    def heed_signals(self) -> Iterator[None]:
        """Let the server inherit no ignored signal, also if the specs run under nohup or with &."""
        ignored = [each for each in SIGNALS if signal.getsignal(each) == signal.SIG_IGN]
        for each in ignored:
            signal.signal(each, signal.SIG_DFL)
        yield
        for each in ignored:
            signal.signal(each, signal.SIG_IGN)

    @pytest.mark.parametrize("number", SIGNALS)
    def it_answers_what_is_asked_before_and_meanwhile(
        self, tmp_path: Path, number: signal.Signals
    ) -> None:
        """There are more requests than threads. All wait for a lock when the signal comes."""
        with serving(tmp_path) as server, Other(server.database_url) as other:
            other.lock()
            asked = [posted(server, f"before-{n}") for n in range(80)]
            server.process.send_signal(number)
            wait_until(server.is_stopping, 5, "it does not take the signal")
            asked += [posted(server, f"meanwhile-{n}") for n in range(20)]
            other.unlock()

            assert [status_of(each) for each in asked] == [b"200"] * 100
            assert server.process.wait(15) == 0
            assert other.rows("SELECT COUNT(*) FROM pageviews") == [(100,)]

    def it_goes_on_after_the_terminal_closed_if_nohup_runs_it(self, tmp_path: Path) -> None:
        with serving(tmp_path, log=tmp_path / "log", under=["nohup"]) as server:
            server.process.send_signal(signal.SIGHUP)
            time.sleep(0.5)  # a server that stops ignores SIGTERM long before
            assert not server.is_stopping()
            assert server.stop() == 0

        assert "growth stopped after SIGTERM" in (tmp_path / "log").read_text()

    def it_needs_no_terminal_any_more(self, tmp_path: Path) -> None:
        ours, theirs = os.openpty()
        command = [sys.executable, "-m", "growth.commands", "serve"]
        with subprocess.Popen(command, env=environ_for(tmp_path), stdout=theirs) as process:
            os.close(theirs)
            assert b"growth serves" in os.read(ours, 4_096)
            os.close(ours)
            process.send_signal(signal.SIGTERM)

            assert process.wait(15) == 0

    def it_does_not_wait_for_idle_connections(self, tmp_path: Path) -> None:
        with serving(tmp_path) as server, closing(connection(server)) as idle:
            assert ask(idle, "GET", "/healthz") == (200, {"status": "ok"})
            server.process.send_signal(signal.SIGTERM)

            assert server.process.wait(5) == 0


def posted(server: Server, name: str) -> socket.socket:
    """A connection after a pageview was sent, before the answer is read."""
    body = json.dumps(pageview(id=name)).encode()
    head = f"POST /pageviews HTTP/1.0\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
    at = socket.create_connection(("127.0.0.1", int(server.environ["PORT"])), timeout=15)
    at.sendall(head.encode() + body)
    return at


def status_of(at: socket.socket) -> bytes:
    with closing(at):
        return b"".join(iter(lambda: at.recv(65_536), b"")).split(b" ")[1]


class DescribeADatabaseMigratedPastTheServer:
    def it_ends_the_server_with_a_message(self, tmp_path: Path) -> None:
        log = tmp_path / "log"
        with (
            serving(tmp_path, log=log) as server,
            Other(server.database_url) as other,
            migrated_past(other),
        ):
            assert server.process.wait(30) == 1

        assert "Error: the service ends: the database is newer" in log.read_text()


class DescribeDrain:
    @pytest.fixture
    def drain(self) -> Drain:
        return Drain(lambda environ, start_response: [b"a", b"b"])

    def it_waits_for_a_request_but_not_for_ever(self, drain: Drain) -> None:
        answer = iter(drain({}, None))
        assert next(answer) == b"a"

        drain.look(ends_at=time.monotonic() + 60)
        with pytest.raises(SystemExit):
            drain.look(ends_at=time.monotonic())

    def it_ends_a_moment_after_the_last_request(self, drain: Drain) -> None:
        assert list(drain({}, None)) == [b"a", b"b"]
        later = time.monotonic() + 60

        with pytest.raises(SystemExit):
            wait_until(lambda: drain.look(later), seconds=5)


class DescribeARefusedStart:
    @staticmethod
    def refusal(folder: Path, **environ: str) -> str:
        """The message of a server that does not start. All of its output goes to stderr."""
        told = growth(environ_for(folder, **environ), "serve")
        assert (told.returncode, told.stdout) == (1, "")
        assert "Traceback" not in told.stderr
        return told.stderr

    def it_names_the_variable_the_value_and_what_is_allowed(self, tmp_path: Path) -> None:
        error = self.refusal(tmp_path, PORT="99999", GROWTH_THREADS="many")

        assert "GROWTH_THREADS='many': Must be a whole number from 1 to 256." in error
        assert "PORT='99999': Must be a whole number from 1 to 65535." in error

    def it_needs_a_migrated_database(self, tmp_path: Path) -> None:
        bare = bare_database(tmp_path)
        if bare.startswith("sqlite"):
            path_of(bare).touch()

        lacking = "the database lacks the migrations 0001_initial"
        assert lacking in self.refusal(tmp_path, DATABASE_URL=bare)

    def it_needs_a_database_that_is_not_newer(self, tmp_path: Path) -> None:
        with Other(database_of(tmp_path)) as other:
            other.execute("INSERT INTO schema_migrations VALUES (99, '9999_later', '2031-01-01')")

        assert "is newer than this version of growth: it has 9999_later" in self.refusal(tmp_path)

    @pytest.mark.parametrize("last", [None, 65_535])
    def it_needs_a_port_that_is_free(self, tmp_path: Path, last: int | None) -> None:
        port = last or free_port()
        with closing(socket.create_server(("127.0.0.1", port))):
            error = self.refusal(tmp_path, PORT=str(port))

        assert f"HOST='127.0.0.1' PORT={port}: cannot listen there" in error
        assert f"make run PORT={port + 1 if port < 65_535 else 8_001}" in error

    def it_leaves_the_database_alone_if_the_port_is_taken(self, tmp_path: Path) -> None:
        new = tmp_path / "new.db"
        with closing(socket.create_server(("127.0.0.1", 0))) as taken:
            environ = {"PORT": str(taken.getsockname()[1]), "DATABASE_URL": f"sqlite:///{new}"}
            told = growth(environ_for(tmp_path, **environ), "serve", "--migrate")

        assert told.returncode == 1
        assert not new.exists()

    @pytest.mark.sqlite
    def it_makes_no_database(self, tmp_path: Path) -> None:
        new = tmp_path / "new.db"

        error = self.refusal(tmp_path, DATABASE_URL=f"sqlite:///{new}")

        assert f"there is no {new}; to create it, run: growth migrate" in error
        assert not new.exists()
