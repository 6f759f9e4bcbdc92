"""The loop, on a socket of this process: what it does with what comes, and with what does not."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress

import pytest
from live import free_port
from waitress import wasyncore

from growth import listening as module
from growth.channel import Channel
from growth.listening import listen
from growth.loop import Loop
from growth.settings import load_settings

REQUEST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}"


READ = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
HELD = REQUEST.replace(b"POST /", b"POST /held")

LONG = REQUEST.replace(b"POST /", b"POST /long")
MARK = 2_000

is_held, release = threading.Event(), threading.Event()


def app(environ: dict[str, object], start: Callable[..., object]) -> list[bytes]:
    """Holds the loop up with a write to /held, until released; a read waits until it is."""
    if environ["PATH_INFO"] == "/long":
        start("200 OK", [("Content-Length", str(10 * MARK))])
        return [b"x" * MARK] * 10
    if environ["PATH_INFO"] == "/held":
        is_held.set()
        release.wait(5)
    elif environ["REQUEST_METHOD"] == "GET":
        is_held.wait(5)
    start("200 OK", [("Content-Length", "2")])
    return [b"ok"]


@pytest.fixture
def dial(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], socket.socket]]:
    """Connects to a loop that waits a second for a request to arrive."""
    port = free_port()
    monkeypatch.setenv("PORT", str(port))
    monkeypatch.setenv("GROWTH_QUEUE_SIZE", "2")
    monkeypatch.setattr(module, "IDLE_SECONDS", 1)
    loop, stopped = Loop(), threading.Event()
    server = listen(load_settings(), app, loop, threads=1)
    server.adj.outbuf_high_watermark = MARK  # bytes that may wait for a client

    def run() -> None:
        while not stopped.is_set():
            loop.turn(seconds=0.05)

    thread = threading.Thread(target=run)
    thread.start()
    yield lambda: socket.create_connection(("127.0.0.1", port), timeout=5)
    stopped.set()
    thread.join()
    server.task_dispatcher.shutdown()
    wasyncore.close_all(loop.sockets)


def is_answered(at: socket.socket) -> bool:
    at.sendall(REQUEST)
    return at.recv(65_536).startswith(b"HTTP/1.1 200 ")


def seconds_to_send(at: socket.socket, data: bytes) -> float:
    """How long a byte after the other was taken until no more was."""
    began = time.monotonic()
    with suppress(OSError):
        for byte in data:
            at.sendall(bytes([byte]))
            time.sleep(0.05)
    return time.monotonic() - began


class DescribeTheTimeout:
    @pytest.mark.parametrize("sent", [b"", REQUEST[:-2].replace(b": 2", b": 200")])
    def it_cuts_off_a_request_that_trickles_in(
        self, dial: Callable[[], socket.socket], sent: bytes
    ) -> None:
        """Each byte is activity, but the request has to arrive as a whole."""
        with closing(dial()) as at:
            at.sendall(sent)

            assert 1 <= seconds_to_send(at, b"POST / HTTP/1.1\r\nX-Slow: " + b"x" * 60) < 4

    def it_leaves_a_connection_in_use_alone(self, dial: Callable[[], socket.socket]) -> None:
        with closing(dial()) as at:
            for _ in range(6):
                assert is_answered(at)
                time.sleep(0.4)

    def it_cuts_off_an_idle_connection(self, dial: Callable[[], socket.socket]) -> None:
        with closing(dial()) as at:
            assert is_answered(at)

            assert at.recv(1) == b""


class DescribeALoop:
    def it_answers_requests_sent_ahead_in_their_order(
        self, dial: Callable[[], socket.socket]
    ) -> None:
        with closing(dial()) as at:
            at.sendall(REQUEST * 20 + REQUEST.replace(b"Host", b"Connection: close\r\nHost"))
            told = b"".join(iter(lambda: at.recv(65_536), b""))

        assert told.count(b"HTTP/1.1 200 ") == 21

    def it_refuses_the_reads_that_do_not_fit(self, dial: Callable[[], socket.socket]) -> None:
        """One has the only thread, and two wait for it."""
        is_held.clear()
        with ExitStack() as stack:
            asked = [stack.enter_context(closing(dial())) for _ in range(5)]
            for at in asked:
                at.sendall(READ)
                time.sleep(0.1)

            for at in asked[3:]:
                told = at.recv(65_536)
                assert told.startswith(b"HTTP/1.1 503 ")
                assert b"Too many requests wait; please retry." in told
            is_held.set()
            assert all(at.recv(65_536).endswith(b"ok") for at in asked[:3])

    def it_does_not_hold_up_the_answer_of_a_thread(self, dial: Callable[[], socket.socket]) -> None:
        is_held.clear()
        release.clear()
        with closing(dial()) as reader, closing(dial()) as writer:
            reader.sendall(READ)
            time.sleep(0.2)  # a thread has it
            writer.sendall(HELD)

            assert reader.recv(65_536).endswith(b"ok")
            assert is_held.is_set()
            assert not release.is_set()
            release.set()
            assert writer.recv(65_536).endswith(b"ok")

    def it_does_not_wait_for_a_client_that_does_not_read(
        self, dial: Callable[[], socket.socket]
    ) -> None:
        with closing(dial()) as slow, closing(dial()) as at:
            slow.sendall(LONG * 20)

            assert is_answered(at)
            read = b""
            while read.count(b"x") < 20 * 10 * MARK:
                read += slow.recv(65_536)
            assert read.count(b"HTTP/1.1 200 ") == 20

    def it_outlives_what_fails(
        self,
        dial: Callable[[], socket.socket],
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        def broken(channel: Channel) -> None:
            raise ZeroDivisionError

        with closing(dial()) as other, closing(dial()) as at:
            with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
                patch.setattr(Channel, "service", broken)
                other.sendall(REQUEST)
                time.sleep(0.3)

            assert is_answered(at)
            assert "ZeroDivisionError" in caplog.text
