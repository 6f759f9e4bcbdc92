"""Hostile input on a real socket: what is refused is told, and nobody else has to wait."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
from live import Server, serving

from growth.channel import MAX_HEADERS

PAGE = json.dumps({"fingerprint": "b998", "url": "https://e.example/"}).encode()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("hostile")) as running:
        yield running


def dial(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(server.environ["PORT"])), timeout=10)


def answer_to(server: Server, *parts: bytes) -> bytes:
    """Send the parts and return all that comes back until the server closes."""
    with closing(dial(server)) as at:
        for part in parts:
            at.sendall(part)
        at.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: at.recv(65_536), b""))


def head(*headers: str, version: str = "1.1") -> bytes:
    lines = [f"POST /pageviews HTTP/{version}", "Host: localhost", *headers, "", ""]
    return "\r\n".join(lines).encode()


class DescribeABodyThatIsTooLarge:
    @pytest.mark.parametrize("expect", [(), ("Expect: 100-continue",)])
    @pytest.mark.parametrize("sent", [0, 8 * 1024**2])
    def it_is_told_also_when_99_gb_are_declared(
        self, server: Server, sent: int, expect: tuple[str, ...]
    ) -> None:
        told = answer_to(server, head("Content-Length: 99000000000", *expect), b"x" * sent)

        assert told.startswith(b"HTTP/1.1 413 ")
        assert b"Content-Type: application/problem+json" in told
        assert b"X-Request-Id: " in told
        assert b"at most 2,097,152 bytes; send fewer items at once." in told

    def it_is_told_when_it_comes_in_chunks(self, server: Server) -> None:
        chunk = b"100000\r\n" + b"x" * 1024**2 + b"\r\n"

        told = answer_to(server, head("Transfer-Encoding: chunked"), chunk * 4)

        assert told.startswith(b"HTTP/1.1 413 ")


class DescribeHeaders:
    def it_has_a_limit(self, server: Server) -> None:
        assert b" 431 " in answer_to(server, head(f"X-Long: {'x' * 100_000}")).splitlines()[0]

    def it_is_told_what_is_allowed_of_ten_thousand_filters(self, server: Server) -> None:
        path = "/attribution?" + "&".join(["campaign=x"] * 10_000)

        told = answer_to(server, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())

        headers, body = told.split(b"\r\n\r\n")
        assert headers.split(b" ")[1] == b"431"
        assert b"Content-Type: application/problem+json" in headers
        assert json.loads(body) == {
            "type": "about:blank",
            "title": "Request Header Fields Too Large",
            "status": 431,
            "detail": "The request line and headers have at most 65,536 bytes together; "
            "ask for fewer values at once.",
        }

    def it_has_a_url_of_ascii(self, server: Server) -> None:
        told = answer_to(server, "GET /attribution?campaign=Frühling HTTP/1.0\r\n\r\n".encode())

        assert told.split(b" ")[1] == b"400"
        assert json.loads(told.split(b"\r\n\r\n")[1])["detail"] == (
            "The URL holds bytes that are no ASCII; write each as %XX."
        )

    def it_may_be_as_long_as_that(self, server: Server) -> None:
        start = "GET /healthz?"
        rest = " HTTP/1.0\r\n\r\n"
        longest = f"{start}{'x' * (MAX_HEADERS - len(start + rest))}{rest}".encode()

        assert b" 200 " in answer_to(server, longest).splitlines()[0]
        assert b" 431 " in answer_to(server, b"G" + longest).splitlines()[0]

    @pytest.mark.parametrize(
        "headers",
        [
            ("Content-Length: 5", "Content-Length: 6"),
            ("Content-Length: 5", "Content-Length: 5"),
            ("Content-Length: 5", "Transfer-Encoding: chunked"),
            ("Transfer-Encoding: chunked", "Content-Length: 5"),
            (f"Content-Length: {'9' * 5_000}",),
            ("Content-Length: -1",),
            ("Content-Length: +5",),
            ("Content-Length : 5",),
        ],
    )
    def it_tells_the_length_once(self, server: Server, headers: tuple[str, ...]) -> None:
        told = answer_to(server, head(*headers), b"0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n")

        assert told.split(b" ")[1] == b"400"
        assert told.count(b"Date: ") == 1

    def it_has_no_transfer_encoding_in_http_1_0(self, server: Server) -> None:
        told = answer_to(server, head("Transfer-Encoding: chunked", version="1.0"), b"0\r\n\r\n")

        assert told.split(b" ")[1] == b"400"


class DescribeIdleConnections:
    def it_answers_beside_them_within_5_seconds(self, server: Server) -> None:
        with ExitStack() as stack:
            held = [stack.enter_context(closing(dial(server))) for _ in range(150)]
            for place, each in enumerate(held):
                if place % 3 == 1:
                    each.sendall(b"POST /pageviews HTTP/1.1\r\nHost: lo")
                elif place % 3 == 2:
                    each.sendall(head("Content-Length: 1000") + b'{"fin')
            began = time.monotonic()

            good = head("Connection: close", f"Content-Length: {len(PAGE)}") + PAGE
            told = answer_to(server, good)

            assert told.startswith(b"HTTP/1.1 200 ")
            assert time.monotonic() - began < 5


class DescribeTheProcess:
    def it_is_alive_after_all_that(self, server: Server) -> None:
        assert server.process.poll() is None
        assert answer_to(server, b"GET /healthz HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.0 200 ")
