"""Hostile input on a real socket is refused, delays nobody else, and does not end the process."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress

import pytest
from live import Server, serving

from growth.server import BODY_BYTES, HEADER_BYTES

PAGE = json.dumps({"fingerprint": "b998", "url": "https://e.example/"}).encode()
OURS = b"Content-Type: application/problem+json"
MEBIBYTE = 1024**2


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("hostile")) as running:
        yield running


@pytest.fixture(autouse=True)
def alive(server: Server) -> Iterator[None]:
    """Assert after each spec that the process answers the next request."""
    yield
    assert status_of(answer_to(server, good())) == 200


def dial(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(server.environ["PORT"])), timeout=10)


def answer_to(server: Server, *parts: bytes) -> bytes:
    """Send the parts, and return all that the server sends until it closes the connection."""
    with closing(dial(server)) as at:
        with suppress(OSError):  # the server may close before it has read all
            for part in parts:
                at.sendall(part)
            at.shutdown(socket.SHUT_WR)
        told = b""
        with suppress(ConnectionError):
            while some := at.recv(65_536):
                told += some
        return told


def status_of(told: bytes) -> int:
    return int(told.split(b" ")[1])


def head(*headers: str, version: str = "1.1") -> bytes:
    lines = [f"POST /pageviews HTTP/{version}", "Host: localhost", *headers, "", ""]
    return "\r\n".join(lines).encode()


def good() -> bytes:
    return head("Connection: close", f"Content-Length: {len(PAGE)}") + PAGE


class DescribeABodyThatIsTooLarge:
    @pytest.mark.parametrize("size", [2 * MEBIBYTE + 1, BODY_BYTES])
    @pytest.mark.parametrize("expect", [(), ("Expect: 100-continue",)])
    def it_is_told_what_is_allowed(
        self, server: Server, size: int, expect: tuple[str, ...]
    ) -> None:
        headers = ("Connection: close", f"Content-Length: {size}", *expect)

        told = answer_to(server, head(*headers), b"x" * size).removeprefix(
            b"HTTP/1.1 100 Continue\r\n\r\n"
        )

        assert status_of(told) == 413
        assert OURS in told
        assert b"X-Request-Id: " in told

    def it_is_told_so_when_it_comes_in_chunks(self, server: Server) -> None:
        chunk = b"100000\r\n" + b"x" * MEBIBYTE + b"\r\n"
        headers = head("Connection: close", "Transfer-Encoding: chunked")

        told = answer_to(server, headers, chunk * 3 + b"0\r\n\r\n")

        assert (status_of(told), OURS in told) == (413, True)

    def it_is_refused_at_once_when_99_gb_are_declared(self, server: Server) -> None:
        assert status_of(answer_to(server, head("Content-Length: 99000000000"))) == 413

    @pytest.mark.parametrize("size", [BODY_BYTES + 1, 12 * MEBIBYTE])
    def it_is_refused_beyond_the_limit_of_the_web_server(self, server: Server, size: int) -> None:
        told = answer_to(server, head(f"Content-Length: {size}"), b"x" * size)

        assert told == b"" or status_of(told) == 413  # a reset may overtake the answer


class DescribeHeaders:
    @pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 431)])
    def it_has_a_limit(self, server: Server, more: int, status: int) -> None:
        start, rest = "GET /healthz?", " HTTP/1.0\r\n\r\n"
        query = "x" * (HEADER_BYTES + more - len(start + rest))

        assert status_of(answer_to(server, f"{start}{query}{rest}".encode())) == status


REFUSED = {
    "two lengths": ("Content-Length: 5", "Content-Length: 6"),
    "the same length twice": ("Content-Length: 5", "Content-Length: 5"),
    "a length below 0": ("Content-Length: -1",),
    "a length with a sign": ("Content-Length: +5",),
    "a length with an underscore": ("Content-Length: 5_0",),
    "a space before the colon": ("Content-Length : 5",),
    "a bare line feed": ("X-A: a\nContent-Length: 5",),
    "a NUL": ("X-A: \x00",),
}

FIRST_LINES = {
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "no request": b"hello\r\n\r\n",
    "two spaces": b"GET  /healthz HTTP/1.1\r\n\r\n",
    "a URL that is no ASCII": "GET /attribution?campaign=Frühling HTTP/1.1\r\n\r\n".encode(),
}


class DescribeBrokenFraming:
    @pytest.mark.parametrize("headers", REFUSED.values(), ids=REFUSED)
    def it_is_refused_and_nothing_after_it_is_read(
        self, server: Server, headers: tuple[str, ...]
    ) -> None:
        told = answer_to(server, head(*headers) + b"0\r\n\r\n" + good())

        assert status_of(told) == 400
        assert told.count(b"Date: ") == 1

    @pytest.mark.parametrize("line", FIRST_LINES.values(), ids=FIRST_LINES)
    def it_may_be_in_the_first_line(self, server: Server, line: bytes) -> None:
        assert status_of(answer_to(server, line)) == 400

    def it_is_not_read_as_a_number_that_no_machine_has(self, server: Server) -> None:
        told = answer_to(server, head(f"Content-Length: {'9' * 5_000}") + good())

        assert told == b"" or status_of(told) in (400, 413)

    @pytest.mark.parametrize(
        ("coding", "chunk", "status"),
        [("gzip, chunked", b"0\r\n\r\n", 501), ("chunked", b"zz\r\n\r\n", 400)],
    )
    def it_is_refused_for_bad_chunks_and_other_codings(
        self, server: Server, coding: str, chunk: bytes, status: int
    ) -> None:
        told = answer_to(server, head(f"Transfer-Encoding: {coding}") + chunk)

        assert status_of(told) == status


class DescribeIdleConnections:
    def it_answers_beside_120_that_are_half_open(self, server: Server) -> None:
        begun = [
            b"",
            b"POST /pageviews HTTP/1.1\r\nHost: lo",
            head("Content-Length: 1000") + b'{"fin',
        ]
        with ExitStack() as stack:
            for place in range(120):
                stack.enter_context(closing(dial(server))).sendall(begun[place % 3])

            assert status_of(answer_to(server, good())) == 200
