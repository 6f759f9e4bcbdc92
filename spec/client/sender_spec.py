"""EventSender: a call returns at once, and each item is stored exactly once, despite failures."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from databases import Other
from live import Server, free_port, serving

from growth.client import EventSender, NotTakenError
from growth.client.delivery import wait_of
from growth.client.spool import Spool

SCRIPT = """
import os
from growth.client import EventSender
sender = EventSender({url!r})
sender.event("signup", user_id={name!r}, id="parent")
{more}
"""
FORK = """
if os.fork() == 0:
    sender.event("signup", user_id={name!r}, id="child")
    sender.close(30)
    os._exit(0)
os.wait()
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server")) as running:
        yield running


def stored(server: Server, user_id: str) -> list[str]:
    """The ids of the events of a user."""
    with Other(server.database_url) as other:
        rows = other.rows(f"SELECT fact_id FROM events WHERE user_id = '{user_id}' ORDER BY 1")
    return [name for (name,) in rows]


class Peer:
    """A server that gives the answers of a script in order, and repeats the last one."""

    def __init__(self, *script: tuple[int, dict[str, str], bytes]) -> None:
        peer, self.script, self.bodies = self, list(script), list[str]()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                peer.bodies.append(body.decode())
                is_last = len(peer.script) == 1
                status, headers, answer = peer.script[0] if is_last else peer.script.pop(0)
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(answer))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


TAKEN = (200, {}, b'{"stored": 1, "duplicates": 0, "rejected": []}')
AWAY = (503, {"Retry-After": "0"}, b"{}")


class DescribeSending:
    def it_stores_what_is_sent(self, server: Server) -> None:
        with EventSender(server.url) as sender:
            sender.pageview("b998", "https://www.example.com/en", user_id="amy")
            name = sender.event("signup", user_id="amy", value=Decimal("9.99"), currency="EUR")
            assert sender.flush(30)

        assert stored(server, "amy") == [name]

    def it_keeps_the_time_of_the_call_or_the_time_given(self, server: Server) -> None:
        at = datetime(2026, 3, 2, 8, tzinfo=UTC)
        with EventSender(server.url) as sender:
            sender.event("signup", user_id="ann", created_at=at)
            assert sender.flush(30)

        with Other(server.database_url) as other:
            [(found,)] = other.rows("SELECT created_at FROM events WHERE user_id = 'ann'")
        assert found == at.timestamp() * 1_000_000

    def it_sends_many_in_a_request(self) -> None:
        with closing(Peer(AWAY, TAKEN)) as peer, EventSender(peer.url) as sender:
            for number in range(700):
                sender.event("ping", user_id=f"u-{number}")
            assert sender.flush(30)

        assert len(peer.bodies) < 20
        assert max(len(body.splitlines()) for body in peer.bodies) <= 500

    def it_sends_again_what_was_not_taken(self) -> None:
        with closing(Peer(AWAY, AWAY, TAKEN)) as peer, EventSender(peer.url) as sender:
            sender.event("signup", user_id="amy")
            assert sender.flush(30)

        assert len(peer.bodies) == 3
        assert len(set(peer.bodies)) == 1  # a retry has the same id and time

    def it_sends_a_token(self) -> None:
        with EventSender("http://127.0.0.1:9", "secret", sync=True) as sender:
            assert sender.client.headers["Authorization"] == "Bearer secret"

    @pytest.mark.parametrize("value", [object(), float("nan")])
    def it_refuses_what_json_cannot_hold(self, value: Any) -> None:
        with (
            EventSender("http://127.0.0.1:9") as sender,
            pytest.raises((TypeError, ValueError), match="JSON"),
        ):
            sender.event("signup", user_id="amy", data={"value": value})


class DescribeRefusals:
    def it_is_told_and_keeps_nothing_else_back(
        self, server: Server, caplog: pytest.LogCaptureFixture
    ) -> None:
        with EventSender(server.url) as sender, caplog.at_level(logging.ERROR):
            sender.event("signup", user_id="bea", currency="XXX", id="1")
            sender.event("signup", user_id="bea", id="2")
            assert sender.flush(30)

        assert stored(server, "bea") == ["2"]
        assert "refused: {'currency'" in caplog.text

    def it_finds_the_one_that_spoils_a_request(
        self, server: Server, caplog: pytest.LogCaptureFixture
    ) -> None:
        with EventSender(server.url) as sender:
            for name in "abcde":
                category = "\ud800" if name == "d" else "fine"
                sender.event("signup", user_id="bob", id=name, category=category)
            assert sender.flush(30)

        assert stored(server, "bob") == ["a", "b", "c", "e"]
        assert "refused: " in caplog.text

    @pytest.mark.parametrize("status", [400, 413])
    def it_divides_what_is_refused_as_a_whole(self, status: int) -> None:
        whole = (status, {}, b"{}")
        with closing(Peer(AWAY, whole, TAKEN)) as peer, EventSender(peer.url) as sender:
            sender.event("signup", user_id="amy")
            sender.event("signup", user_id="bob")
            assert sender.flush(30)

        assert [len(body.splitlines()) for body in peer.bodies[-3:]] == [2, 1, 1]

    def it_waits_for_what_is_not_the_service(self) -> None:
        page = (200, {}, b"<html>We will be back soon</html>")
        with closing(Peer(page, TAKEN)) as peer, EventSender(peer.url) as sender:
            sender.event("signup", user_id="amy")
            assert sender.flush(30)

        assert len(peer.bodies) == 2


class DescribeTheSpool:
    def it_keeps_for_the_next_process_what_is_not_sent(
        self, server: Server, tmp_path: Path
    ) -> None:
        away = EventSender(f"http://127.0.0.1:{free_port()}", spool=tmp_path / "spool.db")
        names = [away.event("signup", user_id="cid") for _ in range(3)]
        away.close(0)

        with EventSender(server.url, spool=tmp_path / "spool.db") as sender:
            assert sender.flush(30)

        assert stored(server, "cid") == sorted(names)

    def it_lets_the_oldest_make_way(self, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        path = tmp_path / "spool.db"
        away = EventSender(f"http://127.0.0.1:{free_port()}", spool=path, spool_size=3)
        names = [away.event("signup", user_id="amy") for _ in range(5)]
        away.close(0)

        with closing(Spool(str(path), 3)) as spool:
            kept = [json.loads(each.body)["id"] for each in spool.oldest(10, 10_000)]
        assert kept == names[2:]
        assert "1 items are lost: the spool holds at most 3" in caplog.text

    def it_gives_as_many_as_fit_a_request(self) -> None:
        with closing(Spool(None, 100)) as spool:
            for path in ("/events", "/pageviews", "/events"):
                spool.add(path, "x" * 10)

            assert [each.id for each in spool.oldest(10, 100)] == [1, 3]
            assert [each.id for each in spool.oldest(10, 15)] == [1]
            assert [each.id for each in spool.oldest(1, 100)] == [1]
            assert len(spool.oldest(10, 5)) == 1

    def it_fails_no_backend(self, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        sender = EventSender(f"http://127.0.0.1:{free_port()}", spool=tmp_path / "spool.db")
        sender.close(0)

        sender.event("signup", user_id="amy")

        assert "an item is lost" in caplog.text


class DescribeProcesses:
    def run(self, server: Server, name: str, more: str = "") -> None:
        script = SCRIPT.format(url=server.url, name=name, more=more.format(name=name))
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")

    def it_sends_what_waits_before_it_ends(self, server: Server) -> None:
        self.run(server, "dan")

        assert stored(server, "dan") == ["parent"]

    def it_sends_from_a_process_that_was_forked(self, server: Server) -> None:
        self.run(server, "eli", FORK)

        assert stored(server, "eli") == ["child", "parent"]

    def it_imports_nothing_of_the_service(self) -> None:
        script = "import sys, growth.client; print(*sorted(sys.modules))"

        told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

        loaded = told.stdout.split()
        ours = {name for name in loaded if name.partition(".")[0] == "growth"}
        assert {name for name in ours if not name.startswith("growth.client")} == {"growth"}
        assert not {"falcon", "peewee", "marshmallow", "waitress"} & set(loaded)


class DescribeSynchronousSending:
    def it_returns_when_it_is_stored(self, server: Server) -> None:
        with EventSender(server.url, sync=True) as sender:
            name = sender.event("signup", user_id="fay")

        assert stored(server, "fay") == [name]

    def it_raises_what_is_wrong(self, server: Server) -> None:
        with (
            EventSender(server.url, sync=True) as sender,
            pytest.raises(NotTakenError) as raised,
        ):
            sender.event("signup", user_id="fay", currency="XXX")

        assert "currency" in raised.value.errors

    def it_gives_up(self) -> None:
        url = f"http://127.0.0.1:{free_port()}"

        with (
            EventSender(url, sync=True, patience_seconds=0) as sender,
            pytest.raises(ConnectionError),
        ):
            sender.event("signup", user_id="amy")

    def it_tries_again(self) -> None:
        with closing(Peer(AWAY, TAKEN)) as peer, EventSender(peer.url, sync=True) as sender:
            sender.event("signup", user_id="amy")

        assert len(peer.bodies) == 2


class DescribeRetryAfter:
    @pytest.mark.parametrize(
        ("header", "seconds"),
        [
            ({}, None),
            ({"Retry-After": "2"}, 2),
            ({"Retry-After": "86400"}, 300),
            ({"Retry-After": "Fri, 27 Nov 2020 12:00:00 GMT"}, 0),
            ({"Retry-After": "Fri, 27 Nov 2099 12:00:00 GMT"}, 300),
            ({"Retry-After": "soon"}, None),
        ],
    )
    def it_is_in_seconds_or_a_date(self, header: dict[str, str], seconds: float | None) -> None:
        assert wait_of(httpx.Response(503, headers=header)) == seconds
