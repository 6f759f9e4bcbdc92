"""What is answered with 2xx stays stored when a real server is killed, locked or out of disk."""

from __future__ import annotations

import itertools
import json
import os
import resource
import signal
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from functools import partial
from http.client import HTTPException
from pathlib import Path
from random import Random
from typing import Any

import pytest
from databases import ON_POSTGRES, Other, database_of, migrated_past
from live import (
    Server,
    connection,
    environ_for,
    get,
    growth,
    post,
    post_once,
    serving,
    wait_until_healthy,
)
from patience import wait_until

ROUNDS, WRITERS = 6, 4

WITHOUT_OVERRIDE = ["setpriv", "--bounding-set=-dac_override"] if os.getuid() == 0 else []
"""A command that makes file permissions apply to root, too. Empty for other users."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for the specs that leave it running."""
    with serving(tmp_path_factory.mktemp("server")) as running:
        yield running


def page(name: str, **fields: Any) -> dict[str, Any]:
    return {"fingerprint": f"f-{name[-1]}", "url": f"https://e.example/{name}", "id": name} | fields


def require_sound(server: Server, acknowledged: list[dict[str, Any]]) -> None:
    """Assert that all acknowledged facts are stored, and that derived rows agree with the facts."""
    with Other(server.database_url) as database:
        stored = {name for (name,) in database.rows("SELECT fact_id FROM pageviews")}
        if not ON_POSTGRES:
            assert database.rows("PRAGMA integrity_check") == [("ok",)]
    assert {fact["id"] for fact in acknowledged} <= stored
    checked = server.growth("rebuild", "--check")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def wait_for_more(acknowledged: list[dict[str, Any]], number: int = 20) -> None:
    """Wait until `number` more facts are acknowledged."""
    enough = len(acknowledged) + number
    wait_until(lambda: len(acknowledged) >= enough, 30, "nothing is acknowledged any more")


class DescribeKilling:
    def it_loses_nothing_that_was_acknowledged(
        self, tmp_path: Path, pool: ThreadPoolExecutor
    ) -> None:
        draw = Random(5)
        acknowledged: list[dict[str, Any]] = []

        def write(server: Server, name: str) -> None:
            with suppress(OSError, HTTPException, ValueError), closing(connection(server)) as at:
                for number in itertools.count():
                    fact = page(f"{name}-{number}", user_id=f"u-{number % 3}")
                    assert post(at, "/pageviews", fact)[0] == 200
                    acknowledged.append(fact)

        for turn in range(ROUNDS):
            with serving(tmp_path) as server:
                names = [f"{turn}-{writer}" for writer in range(WRITERS)]
                writers = [pool.submit(write, server, name) for name in names]
                wait_for_more(acknowledged, draw.randrange(5, 200))
                server.process.send_signal(signal.SIGKILL)
                server.process.wait()
                for each in writers:
                    each.result()

        with serving(tmp_path) as server:
            require_sound(server, acknowledged)
            for start in range(0, len(acknowledged), 500):
                part = acknowledged[start : start + 500]
                told = post_once(server, "/pageviews", part)
                assert told == (200, {"stored": 0, "duplicates": len(part), "rejected": []})


class DescribeALockedDatabase:
    def it_is_503_and_says_why_until_the_lock_is_gone(
        self, server: Server, pool: ThreadPoolExecutor
    ) -> None:
        facts = [page(f"locked-{n}") for n in range(40)]
        with Other(server.database_url) as other:
            other.lock()
            told = list(pool.map(partial(post_once, server, "/pageviews"), facts))
            sick = get(server, "/healthz")
            other.unlock()
        wait_until_healthy(server)

        assert {status for status, _ in told} == {503}
        assert {answer["reason"] for _, answer in told} == {"locked"}
        assert (sick.status, sick.body["reason"]) == (503, "locked")
        again = [post_once(server, "/pageviews", each)[1]["stored"] for each in facts]
        assert again == [1] * len(facts)

    def it_asks_to_try_again(self, server: Server) -> None:
        with Other(server.database_url) as other, closing(connection(server)) as at:
            other.lock()
            at.request("POST", "/pageviews", json.dumps(page("1")))
            answer = at.getresponse()
        wait_until_healthy(server)

        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")


@pytest.mark.sqlite
class DescribeAFullDisk:
    def it_is_503_and_says_why_and_recovers(self, tmp_path: Path) -> None:
        with serving(tmp_path, file_limit=1_500_000) as server:
            acknowledged = []
            for number in range(400):
                facts = [page(f"{number}-{place}", referrer_url="x" * 900) for place in range(20)]
                status, _ = post_once(server, "/pageviews", facts)
                if status != 200:
                    break
                acknowledged += facts

            assert status == 503
            sick = get(server, "/healthz")
            assert sick.status == 503
            assert "disk" in sick.body["detail"]
            assert "disk" in sick.body["cause"]
            assert server.process.poll() is None
            require_room(server)
            wait_until_healthy(server)
            assert post_once(server, "/pageviews", facts)[1]["stored"] == len(facts)
            require_sound(server, acknowledged)


def require_room(server: Server) -> None:
    """Lift the limit on the size of the server's files."""
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (hard, hard))


@pytest.mark.sqlite
class DescribeAReadOnlyFile:
    def it_is_503_that_asks_for_no_retry(self, tmp_path: Path) -> None:
        database_of(tmp_path)
        (tmp_path / "growth.db").chmod(0o444)

        with serving(tmp_path, under=WITHOUT_OVERRIDE) as server, closing(connection(server)) as at:
            sick = get(server, "/healthz")
            at.request("POST", "/pageviews", json.dumps(page("1")))
            answer = at.getresponse()
            told = json.load(answer)
            read = get(server, "/attribution")

        assert (sick.status, sick.body["reason"]) == (503, "read-only")
        assert (answer.status, told["reason"]) == (503, "read-only")
        assert answer.headers["Retry-After"] is None
        assert read.status == 200


@pytest.mark.sqlite
class DescribeAReadOnlyMount:
    def it_refuses_to_start_and_says_why(self, tmp_path: Path) -> None:
        database_of(tmp_path)
        with mounted_read_only(tmp_path):
            started = growth(environ_for(tmp_path), "serve")

        assert started.returncode == 1
        assert f"the folder {tmp_path} cannot be written to" in started.stderr


@contextmanager
def mounted_read_only(folder: Path) -> Iterator[None]:
    """Make a folder read-only by mounting it on itself."""
    for options in ("bind", "remount,bind,ro"):
        done = subprocess.run(["mount", "-o", options, folder, folder], capture_output=True)
        if done.returncode:
            pytest.skip("this user may not mount")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


class DescribeAMigrationBeside:
    def it_ends_the_server_and_keeps_what_was_answered(
        self, tmp_path: Path, pool: ThreadPoolExecutor
    ) -> None:
        acknowledged: list[dict[str, Any]] = []

        def write(name: int) -> int:
            with suppress(OSError, HTTPException, ValueError), closing(connection(server)) as at:
                for number in itertools.count():
                    status, told = post(at, "/pageviews", page(f"{number}-{name}"))
                    if status != 200:
                        return int(told["reason"] == "incompatible")
                    acknowledged.append(page(f"{number}-{name}"))
            return 0

        with serving(tmp_path) as server, Other(server.database_url) as other:
            writers = [pool.submit(write, writer) for writer in range(WRITERS)]
            wait_for_more(acknowledged)
            with migrated_past(other):
                assert server.process.wait(30) == 1
            assert any(each.result() for each in writers)
            require_sound(server, acknowledged)


class DescribeMaintenanceBeside:
    def it_leaves_the_server_healthy(self, server: Server, pool: ThreadPoolExecutor) -> None:
        facts = [page(f"{n}", fingerprint=f"m{n}", user_id=f"u{n}") for n in range(300)]
        assert post_once(server, "/pageviews", facts)[0] == 200
        rebuilt = pool.submit(server.growth, "rebuild")
        seen = [get(server, "/healthz").status]

        while not rebuilt.done():
            seen.append(get(server, "/healthz").status)

        assert rebuilt.result().returncode == 0
        assert set(seen) == {200}


class DescribeStoppingUnderLoad:
    def it_answers_all_and_keeps_what_it_answered(
        self, tmp_path: Path, pool: ThreadPoolExecutor
    ) -> None:
        acknowledged: list[dict[str, Any]] = []
        is_over = threading.Event()

        def write(name: int) -> None:
            number = 0
            while not is_over.is_set():
                fact = page(f"{number}-{name}")
                assert post_once(server, "/pageviews", fact)[0] == 200
                acknowledged.append(fact)
                number += 1

        with serving(tmp_path) as server:
            writers = [pool.submit(write, writer) for writer in range(WRITERS)]
            wait_for_more(acknowledged)
            server.process.send_signal(signal.SIGTERM)
            wait_until(server.is_stopping, 5, "it does not take the signal")
            wait_for_more(acknowledged)
            is_over.set()
            for each in writers:
                each.result()
            assert server.process.wait(15) == 0
            require_sound(server, acknowledged)


class DescribeOnePersonFromManySides:
    def it_counts_each_page_once(self, server: Server, pool: ThreadPoolExecutor) -> None:
        def write(name: int) -> list[int]:
            with closing(connection(server)) as at:
                facts = [
                    page(f"{name}-{n}", fingerprint=f"f{n % 3}", user_id="u-1") for n in range(15)
                ]
                return [post(at, "/pageviews", fact)[1]["stored"] for fact in facts]

        assert list(pool.map(write, range(20))) == [[1] * 15] * 20
        signup = {"name": "signup", "user_id": "u-1", "id": "s"}
        assert post_once(server, "/events", signup)[1]["stored"] == 1
        require_sound(server, [])

    def it_stores_the_same_fact_once(self, server: Server, pool: ThreadPoolExecutor) -> None:
        told = list(pool.map(partial(post_once, server, "/pageviews"), [page("one")] * 50))

        assert {status for status, _ in told} == {200}
        assert sum(answer["stored"] for _, answer in told) == 1
        assert sum(answer["duplicates"] for _, answer in told) == 49
        changed = post_once(server, "/pageviews", page("one", country="DE"))
        assert changed[0] == 422
        require_sound(server, [page("one")])
