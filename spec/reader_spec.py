"""The process that answers reads: how connections come to it and leave it, and what if it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from databases import Other
from live import Server, ask, connection, post, serving
from patience import wait_until
from waitress import wasyncore

from growth import processes
from growth import reader as module
from growth.gate import Gate, is_read
from growth.listening import drain, listen
from growth.loop import Loop
from growth.reader import Reader
from growth.settings import load_settings

PAGE = {"fingerprint": "b998", "url": "https://e.example/?utm_source=x", "user_id": "u-1"}
READ = b"GET /attribution?user_id=u-1 HTTP/1.1\r\nHost: localhost\r\n\r\n"
WRITE = b"POST /pageviews HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server whose reader takes connections."""
    with serving(tmp_path) as server:
        with closing(connection(server)) as at:
            wait_until(
                lambda: ask(at, "GET", "/attribution") and holder(server, at) != "server", 20
            )
        yield server


def holder(server: Server, at: HTTPConnection) -> str:
    """Which process has the other end of a connection."""
    ours = f":{at.sock.getsockname()[1]:04X}"
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
    inode = next(fields[9] for fields in lines if fields[2].endswith(ours))
    for name, pid in server.pids.items():
        if f"socket:[{inode}]" in map(link, Path(f"/proc/{pid}/fd").iterdir()):
            return name
    return "nobody"


def link(path: Path) -> str:
    try:
        return os.readlink(path)
    except OSError:  # closed meanwhile
        return ""


def dial(server: Server) -> socket.socket:
    address = urlsplit(server.url)
    return socket.create_connection((address.hostname, address.port), timeout=10)


class DescribeAConnection:
    def it_goes_where_its_requests_are_answered(self, server: Server) -> None:
        with closing(connection(server)) as at:
            for turn in range(1, 20):
                assert post(at, "/pageviews", PAGE) == (
                    200,
                    {"stored": 1, "duplicates": 0, "rejected": []},
                )
                assert holder(server, at) == "server"
                for _ in range(2):
                    status, told = ask(at, "GET", "/attribution?user_id=u-1")
                    assert (status, told["results"][0]["pageviews"]) == (200, turn)
                    assert holder(server, at) == "reader"
            assert ask(at, "GET", "/healthz") == (200, {"status": "ok"})
            assert holder(server, at) == "server"

    def it_is_answered_wherever_it_is_when_a_request_comes_in_pieces(self, server: Server) -> None:
        with closing(dial(server)) as at:
            for request in (READ, WRITE, READ):
                for place in range(len(request)):
                    at.sendall(request[place : place + 1])
                    time.sleep(0.001)
                assert at.recv(65_536).startswith(b"HTTP/1.1 ")

    def it_is_answered_in_order_if_requests_are_sent_ahead(self, server: Server) -> None:
        """Reads behind a write are answered with it; what is none goes on where it belongs."""
        health = READ.replace(b"/attribution?user_id=u-1", b"/healthz")
        last = READ.replace(b"Host", b"Connection: close\r\nHost")
        for sent, statuses in (
            (WRITE + READ + last, [422, 200, 200]),
            (READ + WRITE + READ + health + READ + stored("a") + last, [200, 422] + [200] * 5),
        ):
            with closing(dial(server)) as at:
                at.sendall(sent)
                told = b"".join(iter(lambda: at.recv(65_536), b""))
            parts = told.split(b"HTTP/1.1 ")[1:]
            assert [int(part[:3]) for part in parts] == statuses
        with Other(server.database_url) as database:
            assert database.rows("SELECT COUNT(*) FROM pageviews") == [(1,)]


def stored(name: str) -> bytes:
    """A write that is taken."""
    body = json.dumps(PAGE | {"id": name}).encode()
    return WRITE.replace(b"{}", body).replace(b": 2", b": %d" % len(body))


class DescribeStopping:
    def it_answers_what_was_asked_wherever_it_is(self, server: Server) -> None:
        """The server is held up, so that all of it is under way when it is told to stop."""
        with ExitStack() as stack:
            asked = [stack.enter_context(closing(dial(server))) for _ in range(100)]
            for at in asked:
                at.sendall(READ)
                assert at.recv(65_536).startswith(b"HTTP/1.1 200 ")
            os.kill(server.process.pid, signal.SIGSTOP)
            for place, at in enumerate(asked):
                at.sendall(stored(f"p-{place}") if place % 2 else READ)
            time.sleep(0.5)
            server.process.send_signal(signal.SIGTERM)
            os.kill(server.process.pid, signal.SIGCONT)

            assert all(at.recv(65_536).startswith(b"HTTP/1.1 200 ") for at in asked)
            assert server.process.wait(15) == 0

    def it_answers_reads_that_come_while_it_drains(self, server: Server) -> None:
        with closing(dial(server)) as slow, closing(connection(server)) as at:
            assert post(at, "/pageviews", PAGE)[0] == 200
            slow.sendall(stored("slow")[:-1])
            time.sleep(0.3)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)

            assert ask(at, "GET", "/attribution?user_id=u-1")[0] == 200
            slow.sendall(stored("slow")[-1:])
            assert slow.recv(65_536).startswith(b"HTTP/1.1 200 ")
            assert server.process.wait(15) == 0


class DescribeTheReader:
    def it_holds_up_no_writes(self, server: Server) -> None:
        os.kill(server.reader, signal.SIGSTOP)
        with closing(connection(server)) as reads, closing(connection(server)) as writes:
            reads.request("GET", "/attribution?user_id=u-1")
            assert post(writes, "/pageviews", PAGE)[0] == 200
            assert ask(writes, "GET", "/healthz")[0] == 200
            os.kill(server.reader, signal.SIGCONT)
            assert reads.getresponse().status == 200

    def it_may_be_killed_for_the_server_answers_until_there_is_another(
        self, server: Server
    ) -> None:
        before = server.reader
        os.kill(before, signal.SIGKILL)
        wait_until(lambda: len(os.listdir(f"/proc/{before}/task")) == 1, 20)  # it is dead then
        time.sleep(0.1)

        with closing(connection(server)) as at:
            assert ask(at, "GET", "/attribution?by=source")[0] == 200
            wait_until(
                lambda: ask(at, "GET", "/attribution")[0] == 200 and holder(server, at) == "reader",
                20,
            )
        assert server.reader != before

    def it_is_not_waited_for_by_those_who_wait_for_the_full(self, server: Server) -> None:
        """What the pipe to a reader that is stuck does not hold is answered by the server."""
        os.kill(server.reader, signal.SIGSTOP)
        with ExitStack() as stack:
            asked = [stack.enter_context(closing(dial(server))) for _ in range(700)]
            for at in asked:
                at.sendall(READ)

            assert asked[-1].recv(65_536).startswith(b"HTTP/1.1 200 ")
            os.kill(server.reader, signal.SIGCONT)
            assert all(at.recv(65_536).startswith(b"HTTP/1.1 200 ") for at in asked[:-1])


def fails(*_: object, **__: object) -> None:
    raise OSError("no room for another process")


class DescribeWatching:
    """In this process, with a reader that cannot start."""

    def it_tries_again_after_a_pause_and_says_why(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        monkeypatch.setattr(module, "BEGIN", "raise SystemExit(3)")
        settings, loop = load_settings(), Loop()
        dispatcher = listen(settings, print, loop, threads=1).task_dispatcher
        reader = Reader(settings, lambda end: Gate(end, settings, print, loop, dispatcher, is_read))
        first = reader.process
        wait_until(lambda: loop.turn(seconds=0.1) or reader.gate.is_closed, 20)

        reader.watch()
        assert reader.process is first
        assert not caplog.records
        monkeypatch.setattr(module, "PAUSE_SECONDS", 0)
        reader.watch()
        assert reader.process is not first
        assert "the reader's process ended with 3; another one begins" in caplog.text

        wait_until(lambda: loop.turn(seconds=0.1) or reader.gate.is_closed, 20)
        monkeypatch.setattr(processes, "Popen", fails)
        reader.watch()
        assert "it could not begin; reads are answered without it" in caplog.text

        drain(loop)
        dispatcher.shutdown()
        wasyncore.close_all(loop.sockets)
        assert processes.end(reader.process) == 3
