"""Gates, of a server and of its reader, both in this process."""

from __future__ import annotations

from collections.abc import Iterator
from socket import socketpair

import pytest
from waitress import wasyncore

from growth.dispatcher import Dispatcher
from growth.gate import CONNECTION, LONGEST, READS, Gate, is_read, may_be_none
from growth.loop import Loop
from growth.settings import load_settings


@pytest.fixture
def gates() -> Iterator[tuple[Gate, Gate]]:
    """The one of the server, and the one of the reader."""
    settings, dispatcher = load_settings(), Dispatcher(0, 1, Loop())
    kinds = (is_read, may_be_none)
    server, reader = (
        Gate(end, settings, print, Loop(), dispatcher, is_theirs)
        for end, is_theirs in zip(socketpair(), kinds, strict=True)
    )
    yield server, reader
    for gate in (server, reader):
        gate.close()
        wasyncore.close_all(gate.loop.sockets)
    dispatcher.loop.close()


class DescribeAGate:
    def it_says_when_there_is_no_room_for_more_connections(self, gates: tuple[Gate, Gate]) -> None:
        server, reader = gates
        reader.say(has_room=True)
        server.loop.turn(seconds=1)
        assert server.is_ready

        room, reader.adj.connection_limit = reader.adj.connection_limit, 0
        reader.loop.turn(seconds=0)
        server.loop.turn(seconds=1)
        assert not server.is_ready

        reader.adj.connection_limit = room
        reader.loop.turn(seconds=0)
        server.loop.turn(seconds=1)
        assert server.is_ready

    def it_says_that_a_connection_is_lost_for_lack_of_open_files(
        self, gates: tuple[Gate, Gate], caplog: pytest.LogCaptureFixture
    ) -> None:
        server, reader = gates
        server.socket.send(CONNECTION)
        reader.loop.turn(seconds=1)

        assert "raise the limit of open files" in caplog.text

    def it_goes_on_when_the_other_has_ended(self, gates: tuple[Gate, Gate]) -> None:
        server, reader = gates
        server.close()
        reader.say(has_room=True)
        reader.leave()
        reader.loop.turn(seconds=1)

        assert reader.is_closed


class DescribeWhatBegins:
    @pytest.mark.parametrize("size", range(LONGEST + 5))
    def it_is_a_read_or_may_be_none(self, size: int) -> None:
        """The server answers what is undecided, for it can answer all."""
        for request in (*READS, b"POST /attribution", b"GET /healthz"):
            head = (request + b"?by=day")[:size]
            assert is_read(head) == (request in READS and size >= len(request))
            assert may_be_none(head) == (size > 0 and not is_read(head))
