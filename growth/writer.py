"""The writer's process: reads and writes would wait for each other in one interpreter."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from socket import SO_RCVTIMEO, SO_SNDTIMEO, SOL_SOCKET, socket, socketpair
from struct import pack
from typing import Any

from peewee import OperationalError

from growth import processes
from growth.attribution.facts import Fact
from growth.database import connect, prove_writable
from growth.engines import DatabaseError
from growth.ledger import Ledger
from growth.logs import set_up
from growth.models.base import database
from growth.recorder import Outcome, root_of
from growth.rejects import Reject
from growth.settings import Settings

log = logging.getLogger(__name__)

BEGIN = "from growth.writer import main; main()"

STUCK_SECONDS = 60
"""How long it may take for anything: twice as long as a request waits for it."""


class WriteError(Exception):
    """The writer failed by what nobody foresaw; the message is its traceback."""


class Writer:
    """Applies facts as the ledger does, in a process that ends with this one.

    If that process dies, another is started and gets the same facts once more: if the first had
    committed them they are duplicates now, which is a success too.
    """

    def __init__(self, ledger: Ledger, settings: Settings) -> None:
        self.ledger = ledger
        self.settings = settings
        self.start()

    def start(self) -> None:
        """Start the process and wait until it can write."""
        self.pipe, theirs = pipe()
        self.process = processes.start(BEGIN, theirs)
        try:
            self.ask((self.ledger, self.settings))
        except Exception:
            self.close()
            raise

    def apply(self, facts: Sequence[Fact | Reject]) -> list[Outcome]:
        """Commit the facts; say what became of each. Raises OperationalError or WriteError."""
        try:
            return self.ask(facts)
        except BlockingIOError:
            self.process.kill()  # the next to come gets another
            trouble = f"the writer took more than {STUCK_SECONDS} seconds"
        except (EOFError, OSError):
            log.error("the writer's process ended with %s; another one begins", self.close())
            try:
                self.start()
                return self.ask(facts)
            except (EOFError, OSError):
                trouble = f"the writer's process ended again, with {self.close()}"
        raise OperationalError(trouble)

    def ask(self, work: object) -> list[Outcome]:
        self.pipe.send(work)
        told: list[Outcome] | Exception = self.pipe.recv()
        if isinstance(told, Exception):
            raise told
        return told

    def close(self) -> int:
        """End the process; return its exit code."""
        self.pipe.close()
        return processes.end(self.process)


def pipe() -> tuple[Connection, socket]:
    """Our end, which raises BlockingIOError rather than wait for too long, and the other."""
    ours, theirs = socketpair()
    for option in (SO_RCVTIMEO, SO_SNDTIMEO):
        ours.setsockopt(SOL_SOCKET, option, pack("ll", STUCK_SECONDS, 0))
    return Connection(ours.detach()), theirs


def serve(pipe: Connection) -> None:
    """Apply what comes through the pipe until nothing can come any more."""
    ledger, settings = pipe.recv()
    set_up(settings.log_level, sys.stdout)
    told = tried(lambda: begin(settings))
    processes.settle()
    with suppress(EOFError, OSError):  # the server was killed
        while True:
            pipe.send(told)
            facts = pipe.recv()
            if isinstance(told, OperationalError) and not facts:
                told = tried(prove)
            else:
                told = tried(partial(ledger.apply, facts))
    if database.obj is not None:
        database.end()


def begin(settings: Settings) -> None:
    connect(settings.database_url)
    database.give_way()


def prove() -> list[Outcome]:
    """Commit nothing, and more than a commit of nothing proves: that the disk has room."""
    prove_writable(database)
    return []


def tried(work: Callable[[], Any]) -> Any:
    """What the work returns, or what can be sent of what it raises."""
    try:
        return work()
    except (OperationalError, DatabaseError) as ex:
        return OperationalError(str(root_of(ex)))
    except Exception as ex:
        return WriteError("".join(traceback.format_exception(ex)))


def main() -> None:
    """Serve the pipe given until all is committed."""
    serve(Connection(processes.given()))
