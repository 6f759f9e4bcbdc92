"""What a 2xx means when things break: a real server, killed, locked out, out of disk, overrun."""

from __future__ import annotations

import json
import resource
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from http.client import HTTPException
from pathlib import Path
from random import Random
from typing import Any

import pytest
from databases import LOCKED, ON_POSTGRES, Other
from live import Server, connection, get, post, post_once, serving, wait_until_healthy

ROUNDS, WRITERS = 10, 4


def page(name: str, **fields: Any) -> dict[str, Any]:
    return {"fingerprint": f"f-{name[-1]}", "url": f"https://e.example/{name}", "id": name} | fields


def require_sound(server: Server, acknowledged: list[dict[str, Any]]) -> None:
    """Assert that all that was acknowledged is stored, and nothing is torn or out of step."""
    with Other(server.database_url) as database:
        stored = {name for (name,) in database.rows("SELECT fact_id FROM pageviews")}
        if not ON_POSTGRES:
            assert database.rows("PRAGMA integrity_check") == [("ok",)]
    assert {fact["id"] for fact in acknowledged} <= stored
    checked = server.growth("rebuild", "--check")
    assert checked.returncode == 0, checked.stdout + checked.stderr


class DescribeKilling:
    def it_loses_nothing_that_was_acknowledged(
        self, tmp_path: Path, pool: ThreadPoolExecutor
    ) -> None:
        draw = Random(5)
        acknowledged: list[dict[str, Any]] = []

        def write(server: Server, name: str) -> None:
            with suppress(OSError, HTTPException, ValueError), closing(connection(server)) as at:
                for number in range(10_000):
                    fact = page(f"{name}-{number}", user_id=f"u-{number % 3}")
                    assert post(at, "/pageviews", fact)[0] == 200
                    acknowledged.append(fact)

        for turn in range(ROUNDS):
            with serving(tmp_path) as server:
                names = [f"{turn}-{writer}" for writer in range(WRITERS)]
                writers = [pool.submit(write, server, name) for name in names]
                time.sleep(draw.uniform(0.1, 0.6))
                server.process.send_signal(signal.SIGKILL)
                server.process.wait()
                for each in writers:
                    each.result()

        assert len(acknowledged) > ROUNDS
        with serving(tmp_path) as server:
            require_sound(server, acknowledged)
            for start in range(0, len(acknowledged), 500):
                part = acknowledged[start : start + 500]
                told = post_once(server, "/pageviews", part)
                assert told == (200, {"stored": 0, "duplicates": len(part), "rejected": []})


class DescribeALockedDatabase:
    def it_is_503_and_says_why_until_the_lock_is_gone(
        self, tmp_path: Path, pool: ThreadPoolExecutor
    ) -> None:
        with serving(tmp_path) as server, Other(server.database_url) as other:
            other.lock()
            began = time.monotonic()
            asked = [pool.submit(post_once, server, "/pageviews", page(f"{n}")) for n in range(40)]
            time.sleep(2.5)
            sick = get(server, "/healthz")
            told = [each.result() for each in asked]
            took = time.monotonic() - began
            other.unlock()
            wait_until_healthy(server)

            assert (sick.status, LOCKED in sick.body["detail"]) == (503, True)
            assert {status for status, _ in told} == {503}
            assert took < 10
            again = [post_once(server, "/pageviews", page(f"{n}"))[1] for n in range(40)]
            assert [each["stored"] for each in again] == [1] * 40

    def it_asks_to_try_again(self, tmp_path: Path) -> None:
        with serving(tmp_path) as server, Other(server.database_url) as other:
            other.lock()
            with closing(connection(server)) as at:
                at.request("POST", "/pageviews", json.dumps(page("1")))
                answer = at.getresponse()

                assert (answer.status, answer.headers["Retry-After"]) == (503, "1")


class DescribeAFullQueue:
    FEW = {"GROWTH_THREADS": "1", "GROWTH_QUEUE_SIZE": "1"}  # noqa: RUF012

    def it_is_503_for_the_writes_that_do_not_fit(
        self, tmp_path: Path, pool: ThreadPoolExecutor
    ) -> None:
        with serving(tmp_path, **self.FEW) as server, Other(server.database_url) as other:
            other.lock()
            asked = [pool.submit(post_once, server, "/pageviews", page(f"{n}")) for n in range(8)]
            told = [each.result() for each in asked]
            other.unlock()
            wait_until_healthy(server)

            assert {status for status, _ in told} == {503}
            assert {each["detail"] for _, each in told} == {"The database is busy; please retry."}


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
            assert server.process.poll() is None
            require_room(server)
            wait_until_healthy(server)
            assert post_once(server, "/pageviews", facts)[1]["stored"] == len(facts)
            require_sound(server, acknowledged)


def require_room(server: Server) -> None:
    """Lift the limit on the size of the server's files."""
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (hard, hard))


class DescribeStoppingInFlight:
    def it_answers_what_it_has_taken(self, tmp_path: Path, pool: ThreadPoolExecutor) -> None:
        acknowledged: list[dict[str, Any]] = []
        with serving(tmp_path) as server:
            stop = threading.Event()

            def write(name: str) -> None:
                for number in range(10_000):
                    fact = page(f"{number}-{name}")
                    try:
                        status, _ = post_once(server, "/pageviews", fact)
                    except ConnectionRefusedError:
                        return
                    assert status == 200
                    acknowledged.append(fact)
                    assert not stop.is_set()

            writers = [pool.submit(write, str(writer)) for writer in range(WRITERS)]
            time.sleep(0.5)
            assert server.stop() == 0
            time.sleep(0.1)
            stop.set()
            for each in writers:
                error = each.exception()
                # What the system accepted after the last accept of ours was never taken.
                assert error is None or isinstance(error, ConnectionResetError), error
            require_sound(server, acknowledged)


class DescribeOnePersonFromManySides:
    def it_counts_each_page_once(self, tmp_path: Path, pool: ThreadPoolExecutor) -> None:
        def write(server: Server, name: int) -> list[int]:
            with closing(connection(server)) as at:
                facts = [
                    page(f"{name}-{n}", fingerprint=f"f{n % 3}", user_id="u-1") for n in range(15)
                ]
                return [post(at, "/pageviews", fact)[1]["stored"] for fact in facts]

        with serving(tmp_path) as server:
            told = [pool.submit(write, server, name) for name in range(20)]

            assert [each.result() for each in told] == [[1] * 15] * 20
            signup = {"name": "signup", "user_id": "u-1", "id": "s"}
            assert post_once(server, "/events", signup)[1]["stored"] == 1
            require_sound(server, [])

    def it_stores_the_same_fact_once(self, tmp_path: Path, pool: ThreadPoolExecutor) -> None:
        with serving(tmp_path) as server:
            asked = [pool.submit(post_once, server, "/pageviews", page("one")) for _ in range(50)]
            told = [each.result() for each in asked]

            assert {status for status, _ in told} == {200}
            assert sum(answer["stored"] for _, answer in told) == 1
            assert sum(answer["duplicates"] for _, answer in told) == 49
            changed = post_once(server, "/pageviews", page("one", country="DE"))
            assert changed[0] == 422
            require_sound(server, [page("one")])
