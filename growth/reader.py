"""The process that answers reads: they and writes would wait for each other in one interpreter."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from socket import socket, socketpair

from growth import processes
from growth.app import create_app
from growth.database import connect
from growth.dispatcher import Dispatcher
from growth.gate import Gate, may_be_none
from growth.listening import drain, raise_file_limit
from growth.logs import set_up
from growth.loop import Loop
from growth.models.base import database
from growth.recorder import Recorder
from growth.settings import Settings

log = logging.getLogger(__name__)

BEGIN = "from growth.reader import main; main()"

SWITCH_SECONDS = 0.001
"""How long a thread may keep the others from running: the loop asks for its turn often."""

PAUSE_SECONDS = 5
"""How long after it began a process that ended is followed by another."""


class Reader:
    """Keeps a process that answers reads, in place of this one once it is ready."""

    def __init__(self, settings: Settings, open_gate: Callable[[socket], Gate]) -> None:
        """`open_gate` makes the gate of this end of a socket."""
        self.settings = settings
        self.open_gate = open_gate
        self.start()

    def start(self) -> None:
        ours, theirs = socketpair()
        self.began = time.monotonic()
        try:
            self.process = processes.start(BEGIN, theirs)
            with Connection(os.dup(ours.fileno())) as pipe:
                pipe.send(self.settings)
        except OSError:
            ours.close()
            raise
        self.gate = self.open_gate(ours)

    def watch(self) -> None:
        """Start another if the process has ended; if that fails, try again after a pause."""
        if self.gate.is_closed and time.monotonic() > self.began + PAUSE_SECONDS:
            self.gate.close()
            log.error("the reader's process ended with %s; another one begins", self.end())
            try:
                self.start()
            except OSError:
                log.exception("it could not begin; reads are answered without it")

    def leave(self) -> None:
        """Have the process answer what it was asked, and end."""
        self.gate.leave()

    def end(self) -> int:
        """Wait until the process has ended, once its gate is closed; return its exit code."""
        return processes.end(self.process)


def serve(number: int) -> None:
    """Answer what comes through the gate of a number until the server closes it."""
    try:
        with Connection(os.dup(number)) as pipe:
            settings: Settings = pipe.recv()
    except EOFError:  # it has ended
        return
    set_up(settings.log_level, sys.stdout)
    raise_file_limit()
    sys.setswitchinterval(SWITCH_SECONDS)
    prepare = connect(settings.database_url, settings.threads).prepare_thread
    loop = Loop()
    dispatcher = Dispatcher(settings.threads, settings.queue_size, loop, prepare)
    full = Recorder(lambda facts: [], queue_size=0)  # should a write come in pieces with a read
    app = create_app(settings, full)
    gate = Gate(socket(fileno=number), settings, app, loop, dispatcher, may_be_none)
    processes.settle()
    gate.say(has_room=True)
    while not gate.is_closed:
        loop.turn(seconds=1)
    drain(loop)
    gate.close()  # until now it passed on what came that is no read
    dispatcher.shutdown()
    database.end()


def main() -> None:
    """Serve the gate given."""
    serve(processes.given())
