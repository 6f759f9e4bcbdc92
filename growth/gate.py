"""Passes connections from process to process: one answers reads, the other all else."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import BaseWSGIServer

from growth.dispatcher import Dispatcher
from growth.listening import adjustments, adopt
from growth.loop import Loop
from growth.settings import Settings

READS = (b"GET /attribution", b"HEAD /attribution")
"""How a request begins that is for the process that answers reads."""

LONGEST = max(map(len, READS))
HEAD_END = b"\r\n\r\n"
READY, FULL, CONNECTION = b"r", b"f", b"c"
UNTOLD = ("", 0)
"""The address of whoever is connected: nobody asks for it."""


def is_read(head: bytes) -> bool:
    return head.startswith(READS)


def may_be_none(head: bytes) -> bool:
    """Whether what has come of a request, if anything has, may be no read."""
    return bool(head) and not is_read(head)


class Gate(BaseWSGIServer):
    """Accepts the connections that the process at the other end passes, as a listener does its own.

    A connection is passed on as it is, before a byte of its next request is read, so that it goes
    where its requests are answered and stays there until it asks for something else.
    """

    is_ready = False
    """Whether the other process takes connections."""

    has_room: bool | None = None
    """Whether this process has said that it takes connections; None of one that always does."""

    def __init__(
        self,
        end: socket.socket,
        settings: Settings,
        app: Any,
        loop: Loop,
        dispatcher: Dispatcher,
        is_theirs: Callable[[bytes], bool],
    ) -> None:
        """`is_theirs` says of the first bytes of a request whether the other process answers it."""
        super().__init__(
            app,
            map=loop.sockets,
            _start=False,
            _sock=end,
            dispatcher=dispatcher,
            adj=Adjustments(**adjustments(settings)),
            bind_socket=False,
        )
        adopt(self, loop)
        self.is_theirs = is_theirs
        self.accepting = True
        loop.gate = self

    def getsockname(self) -> tuple[str, str]:
        return self.adj.host, str(self.adj.port)

    def say(self, has_room: bool) -> None:
        """Tell the other process whether this one takes connections."""
        self.is_ready, self.has_room = True, has_room
        with suppress(OSError):  # it has ended, which the loop will find
            self.socket.send(READY if has_room else FULL)

    def readable(self) -> bool:
        """Also when there are as many connections as there may be: few come after saying so."""
        has_room = super().readable()
        if self.accepting and self.has_room not in (None, has_room):
            self.say(has_room)
        return bool(self.accepting)

    def passes(self, channel: Any) -> bool:
        """Pass a connection on if it asks for what the other process answers."""
        if not self.is_ready or not self.is_theirs(begun(channel.socket, LONGEST)):
            return False
        try:
            socket.send_fds(self.socket, [CONNECTION], [channel.socket.fileno()])
        except OSError:  # it is full, or has just ended
            return False
        channel.handle_close()
        return True

    def one_request(self, channel: Any, size: int) -> int:
        """How many bytes to read, so that what follows a read may be passed on."""
        if self.has_room is None:
            return size
        end = begun(channel.socket, size).find(HEAD_END)
        return size if end < 0 else end + len(HEAD_END)

    def accept(self) -> tuple[socket.socket, tuple[str, int]] | None:
        try:
            told, numbers, *_ = socket.recv_fds(self.socket, 1, 1)
        except ConnectionResetError:  # it ended before it took all
            told, numbers = b"", []
        if not told:
            self.accepting = False
        elif numbers:
            return socket.socket(fileno=numbers[0]), UNTOLD
        elif told == CONNECTION:
            self.logger.warning("a connection is lost: raise the limit of open files")
        else:
            self.is_ready = told == READY
        return None

    def handle_close(self) -> None:
        """Nothing yet when the other end closes: what it passed before is taken first."""

    def leave(self) -> None:
        """Pass nothing on any more, and have the other process end; take what it passes until."""
        self.is_ready = False
        with suppress(OSError):  # it has ended
            self.socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Close this end; the loop's trigger, which a listener would close too, stays."""
        self.accepting = self.is_ready = False
        wasyncore.dispatcher.close(self)

    @property
    def is_closed(self) -> bool:
        """Whether the other process has ended, or told this one to."""
        return not self.accepting


def begun(connection: socket.socket, size: int) -> bytes:
    """The first bytes of the next request, which stay unread."""
    try:
        return connection.recv(size, socket.MSG_PEEK)
    except OSError:
        return b""
