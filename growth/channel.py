"""What waitress lacks for a life without a proxy: see each class for what it adds."""

from __future__ import annotations

import socket
import time

import orjson
from greenlet import getcurrent
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.task import ErrorTask, WSGITask
from waitress.utilities import Error

from growth.logs import MAX_PATH, log_request, new_request_id
from growth.media import MAX_BODY
from growth.waiting import Errand

MAX_HEADERS = 64 * 1024
"""Bytes of the request line and headers."""

TOO_LARGE = {
    413: f"A request has at most {MAX_BODY:,} bytes; send fewer items at once.",
    431: f"The request line and headers have at most {MAX_HEADERS:,} bytes together; "
    "ask for fewer values at once.",
}
"""What is allowed, for waitress does not say what to do."""

BAD_URL = "The URL holds bytes that are no ASCII; write each as %XX"

LINGER_SECONDS = 5
"""How long a refused client may go on sending before the connection is cut."""

DISCARDED_BYTES = 256 * 1024


class OverloadError(Error):
    """The 503 for requests past the queue."""

    code = 503
    reason = "Service Unavailable"


class Parser(HTTPRequestParser):
    """Refuses a request whose length is told in two ways, and asks for no body it has refused."""

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if self.error:
            self.expect_continue = False
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ParsingError as ex:
            raise ParsingError(BAD_URL if ex.args == ("Bad URI",) else ex.args[0]) from ex
        except ValueError as ex:  # more digits than Python reads, or a URL it cannot split
            raise ParsingError("The request line or a header is invalid") from ex
        if "TRANSFER_ENCODING" in self.headers or (
            self.chunked and "CONTENT_LENGTH" in self.headers
        ):
            raise ParsingError("Transfer-Encoding goes with HTTP/1.1 and without Content-Length")


class PromptTask(WSGITask):
    """Sends its answer at once: the loop may be busy with another request."""

    def finish(self) -> None:
        super().finish()
        channel = self.channel  # whose request this is as yet, so that the loop leaves it alone
        channel._flush_exception(channel._flush_some_if_lockable, do_close=False)


class ProblemTask(ErrorTask):
    """Answers what waitress refuses as a problem, and logs it."""

    def execute(self) -> None:
        error, request_id = self.request.error, new_request_id()
        self.status = f"{error.code} {error.reason}"
        problem = {
            "type": "about:blank",
            "title": error.reason,
            "status": error.code,
            "detail": TOO_LARGE.get(error.code, f"{error.body}."),
        }
        body = orjson.dumps(problem)
        self.response_headers.append(("Content-Type", "application/problem+json"))
        self.response_headers.append(("X-Request-Id", request_id))
        if error.code == OverloadError.code:
            self.response_headers.append(("Retry-After", "1"))
        self.set_close_on_finish()
        self.channel.is_refused = True
        self.content_length = len(body)
        self.write(body)
        method, path = (getattr(self.request, name, "") for name in ("command", "path"))
        took = time.time() - self.start_time
        log_request(method, path[:MAX_PATH], error.code, took, request_id)


class Channel(HTTPChannel):
    """Hears a refused client out, so that the answer reaches it, and times slow senders.

    Closing a socket with unread data resets the connection, and the client loses the answer.
    """

    task_class = PromptTask
    error_task_class = ProblemTask
    parser_class = Parser
    is_refused = False
    lingers_until = 0.0
    began_at: float | None = None

    def handle_read(self) -> None:
        if self.lingers_until:
            if not self.discard():
                self.handle_close()
        elif not self.is_passed_on():
            super().handle_read()
            self.count_from_its_beginning()

    def recv(self, buffer_size: int) -> bytes:
        gate = self.server.loop.gate
        if self.request is None and gate is not None:
            buffer_size = gate.one_request(self, buffer_size)
        data: bytes = super().recv(buffer_size)
        return data

    def is_passed_on(self) -> bool:
        """Whether another process has the connection now, for it answers what begins to come."""
        gate = self.server.loop.gate
        return self.request is None and gate is not None and gate.passes(self)

    def count_from_its_beginning(self) -> None:
        """A request that trickles in is no activity: it must arrive within the channel timeout."""
        if self.request is None:
            self.began_at = None
        else:
            self.began_at = self.began_at or time.time()
            self.last_activity = self.began_at

    def discard(self) -> bool:
        try:
            return bool(self.socket.recv(DISCARDED_BYTES)) and time.time() < self.lingers_until
        except BlockingIOError:
            return True
        except OSError:
            return False

    def _flush_outbufs_below_high_watermark(self) -> None:
        """Wait until a slow client has read enough; never in the loop, which would wait for itself.

        What waits to be sent to it there is what one read of its requests asks for, at most.
        """
        if not isinstance(getcurrent(), Errand):
            super()._flush_outbufs_below_high_watermark()

    def handle_close(self) -> None:
        may_linger = self.is_refused and self.connected and not self.lingers_until
        if not (may_linger and self.linger()):
            super().handle_close()

    def linger(self) -> bool:
        """Say that no more will come, and go on reading; whether that could be done."""
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            return False
        self.lingers_until = time.time() + LINGER_SECONDS
        self.will_close = False
        self.last_activity = self.lingers_until - self.adj.channel_timeout
        return True
