"""Passes connections from process to process: one answers reads, the other all else."""

from __future__ import annotations

import socket
from collections.abc import Callable
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
READY = b"r"
CONNECTION = b"c"
UNTOLD = ("", 0)
"""The address of whoever is connected: nobody asks for it."""


def is_read(head: bytes) -> bool:
    return head.startswith(READS)


def is_none(head: bytes) -> bool:
    """Whether what has come of a request shows that it is no read."""
    return not any(read.startswith(head[: len(read)]) for read in READS)


class Gate(BaseWSGIServer):
    """Accepts the connections that the process at the other end passes, as a listener does its own.

    A connection is passed on as it is, before a byte of its next request is read, so that it goes
    where its requests are answered and stays there until it asks for something else.
    """

    is_ready = False
    """Whether the other process takes connections."""

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

    def say_ready(self) -> None:
        """Tell the other process that this one takes connections."""
        try:
            self.socket.send(READY)
        except OSError:  # it has ended
            self.close()
        else:
            self.is_ready = True

    def passes(self, channel: Any) -> bool:
        """Pass a connection on if it asks for what the other process answers."""
        if not self.is_ready or not self.is_theirs(begun(channel.socket)):
            return False
        try:
            socket.send_fds(self.socket, [CONNECTION], [channel.socket.fileno()])
        except OSError:  # it is full, or has just ended
            return False
        channel.handle_close()
        return True

    def accept(self) -> tuple[socket.socket, tuple[str, int]] | None:
        try:
            told, numbers, *_ = socket.recv_fds(self.socket, 1, 1)
        except ConnectionResetError:  # it ended before it took all
            told, numbers = b"", []
        if not told:
            self.close()
        elif told == READY:
            self.is_ready = True
        elif numbers:
            return socket.socket(fileno=numbers[0]), UNTOLD
        return None

    def handle_close(self) -> None:
        """Nothing yet when the other end closes: what it passed before is taken first."""

    def close(self) -> None:
        """Close this end; the loop's trigger, which a listener would close too, stays."""
        self.accepting = self.is_ready = False
        wasyncore.dispatcher.close(self)

    @property
    def is_closed(self) -> bool:
        return not self.accepting


def begun(connection: socket.socket) -> bytes:
    """The first bytes of the next request, which stay unread."""
    try:
        return connection.recv(LONGEST, socket.MSG_PEEK)
    except OSError:
        return b""
