"""growth serve: a real process on a real socket."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from databases import Other, bare_database, database_of
from service import pageview

from growth.database.engines.sqlite import path_of

Start = Callable[..., subprocess.Popen[str]]


def free_port() -> int:
    """A port below the range from which outgoing connections take theirs."""
    while True:
        port = random.randrange(20_000, 32_768)
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def start(tmp_path: Path, port: int) -> Iterator[Start]:
    """Starts `growth serve` on a migrated database."""
    started: list[subprocess.Popen[str]] = []

    def begin(*options: str, **environ: str) -> subprocess.Popen[str]:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("GROWTH_") and name not in ("HOST", "PORT", "DATABASE_URL")
        }
        settings = {"DATABASE_URL": database_of(tmp_path), "PORT": str(port)}
        started.append(
            subprocess.Popen(
                [sys.executable, "-u", "-m", "growth.commands", "serve", *options],
                env={**inherited, **settings, **environ},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        print(process.communicate()[1])  # for whoever reads why a spec failed


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as threads:
        yield threads


def first_line(process: subprocess.Popen[str]) -> str:
    """The message of the next line of the log, which is JSON from its first line."""
    assert process.stdout is not None
    return str(json.loads(process.stdout.readline())["message"])


def refusal(process: subprocess.Popen[str]) -> str:
    """What a process that does not start says, on stderr alone."""
    told, error = process.communicate(timeout=10)
    assert process.returncode == 1
    assert told == ""
    assert "Traceback" not in error
    return error


def call(port: int, path: str, body: Any = None) -> tuple[int, Any]:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    with urlopen(Request(f"http://127.0.0.1:{port}{path}", data, headers), timeout=15) as answer:
        return answer.status, json.load(answer)


class DescribeServing:
    def it_says_where_and_what_to_try_next(self, start: Start, port: int) -> None:
        line = first_line(start())

        assert line == (
            f"growth serves http://127.0.0.1:{port}; try: curl 'http://127.0.0.1:{port}"
            "/attribution', or fill it first: make seed"
        )
        assert call(port, "/healthz") == (200, {"status": "ok"})

    def it_answers_many_at_once(self, start: Start, port: int, pool: ThreadPoolExecutor) -> None:
        first_line(start())

        asked = [pool.submit(call, port, "/pageviews", pageview(id=f"p-{n}")) for n in range(50)]

        assert [each.result()[1]["stored"] for each in asked] == [1] * 50
        assert call(port, "/attribution")[1]["totals"]["pageviews"] == 50

    def it_listens_on_localhost_in_both_families(self, start: Start, port: int) -> None:
        assert f"http://localhost:{port}" in first_line(start(HOST="localhost"))
        assert call(port, "/healthz")[0] == 200

    def it_keeps_its_data_over_a_restart(self, start: Start, port: int) -> None:
        process = start()
        first_line(process)
        call(port, "/pageviews", pageview())
        process.kill()
        process.wait()

        first_line(start())

        assert call(port, "/pageviews", pageview())[1]["duplicates"] == 1


class DescribeServingANewDatabase:
    def it_migrates_first_if_it_is_told_to(self, start: Start, port: int, tmp_path: Path) -> None:
        process = start("--migrate", DATABASE_URL=bare_database(tmp_path))
        told: list[str] = []
        while not told or not told[-1].startswith("growth serves"):
            told.append(first_line(process))

        assert "applied 0001_initial" in told
        assert call(port, "/pageviews", pageview())[1]["stored"] == 1


class DescribeAClientBehindAProxy:
    @pytest.mark.parametrize(
        ("proxy", "client"),
        [("", "127.0.0.1"), ("127.0.0.1", "1.2.3.4"), ("10.0.0.1", "127.0.0.1")],
    )
    def it_is_named_by_a_trusted_proxy_alone(
        self, start: Start, port: int, proxy: str, client: str
    ) -> None:
        process = start(GROWTH_TRUSTED_PROXY=proxy)
        first_line(process)
        request = Request(f"http://127.0.0.1:{port}/attribution")
        request.add_header("X-Forwarded-For", "9.9.9.9, 1.2.3.4")

        urlopen(request, timeout=15).close()

        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["client"] == client


class DescribeStopping:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
    def it_exits_with_0(self, start: Start, number: int) -> None:
        process = start()
        first_line(process)

        process.send_signal(number)

        _, error = process.communicate(timeout=5)
        assert process.returncode == 0
        assert error == ""

    def it_answers_the_requests_in_flight_first(
        self, start: Start, port: int, tmp_path: Path, pool: ThreadPoolExecutor
    ) -> None:
        """One is being served, the others wait for the only thread."""
        process = start(GROWTH_THREADS="1")
        first_line(process)
        with Other(database_of(tmp_path)) as other:
            other.lock()
            asked = [pool.submit(call, port, "/pageviews", pageview(id=f"p-{n}")) for n in range(4)]
            time.sleep(0.5)
            process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            other.unlock()

        assert [each.result() for each in asked] == [
            (200, {"stored": 1, "duplicates": 0, "rejected": []})
        ] * 4
        assert process.wait(5) == 0

    def it_does_not_wait_for_idle_connections(self, start: Start, port: int) -> None:
        process = start()
        first_line(process)

        with closing(socket.create_connection(("127.0.0.1", port))) as idle:
            idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert idle.recv(1_000).startswith(b"HTTP/1.1 200")
            process.send_signal(signal.SIGTERM)

            assert process.wait(3) == 0


class DescribeARefusedStart:
    def it_names_the_variable_the_value_and_what_is_allowed(self, start: Start) -> None:
        error = refusal(start(PORT="99999", GROWTH_THREADS="many"))

        assert "GROWTH_THREADS='many': Must be a whole number from 1 to 256." in error
        assert "PORT='99999': Must be a whole number from 1 to 65535." in error

    def it_needs_sources_that_can_be_read(self, start: Start, tmp_path: Path) -> None:
        (tmp_path / "bad.toml").write_text("this is [not toml")

        assert "bad.toml: cannot be read as TOML" in refusal(
            start(GROWTH_SOURCES=str(tmp_path / "bad.toml"))
        )

    def it_needs_tokens_beyond_loopback(self, start: Start) -> None:
        assert "HOST='0.0.0.0': beyond loopback GROWTH_WRITE_TOKENS or GROWTH_WEBHOOK_SECRETS" in (
            refusal(start(HOST="0.0.0.0"))
        )

    def it_needs_a_migrated_database(self, start: Start, tmp_path: Path) -> None:
        bare = bare_database(tmp_path)
        if bare.startswith("sqlite"):
            path_of(bare).touch()

        assert "the database lacks 0001_initial" in refusal(start(DATABASE_URL=bare))

    def it_needs_a_database_that_is_not_newer(self, start: Start, tmp_path: Path) -> None:
        with Other(database_of(tmp_path)) as other:
            other.execute("INSERT INTO schema_migrations VALUES (99, '9999_later', '2031-01-01')")

        assert "is newer than this growth: it has 9999_later" in refusal(start())

    def it_needs_the_folder_of_the_database(self, start: Start) -> None:
        assert "there is no folder /nowhere" in refusal(
            start(DATABASE_URL="sqlite:////nowhere/x.db")
        )

    def it_needs_a_port_that_is_free(self, start: Start, port: int) -> None:
        with closing(socket.create_server(("127.0.0.1", port))):
            error = refusal(start())

        assert f"HOST='127.0.0.1' PORT={port}: cannot listen there" in error
        assert f"make run PORT={port + 1}" in error

    def it_leaves_the_database_alone_if_the_port_is_taken(
        self, start: Start, port: int, tmp_path: Path
    ) -> None:
        url = f"sqlite:///{tmp_path}/new.db"
        with closing(socket.create_server(("127.0.0.1", port))):
            refusal(start("--migrate", DATABASE_URL=url))

        assert not (tmp_path / "new.db").exists()

    @pytest.mark.sqlite
    def it_makes_no_database(self, start: Start, tmp_path: Path) -> None:
        error = refusal(start(DATABASE_URL=f"sqlite:///{tmp_path}/new.db"))

        assert f"there is no {tmp_path}/new.db; if it is to be new, run: growth migrate" in error
        assert not (tmp_path / "new.db").exists()
