"""The writer's process: reads and writes would wait for each other in one interpreter."""

from __future__ import annotations

import gc
import logging
import signal
import sys
import traceback
from collections.abc import Sequence
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from subprocess import Popen
from typing import Any

from peewee import OperationalError

from growth.attribution.facts import Fact
from growth.database import connect, prove_writable
from growth.logs import set_up
from growth.models.base import database
from growth.recorder import Outcome, root_of
from growth.rejects import Reject
from growth.settings import Settings
from growth.wiring import create_ledger

log = logging.getLogger(__name__)

END_SECONDS = 10
"""How long the process may take to end once nobody has work for it."""


BEGIN = "from growth.writer import main; main()"


class WriteError(Exception):
    """The writer failed by what nobody foresaw; the message is its traceback."""


class Writer:
    """Applies facts as `Ledger.apply` does, in a process that ends with this one.

    If that process dies, another is started and gets the same facts once more: if the first had
    committed them they are duplicates now, which is a success too.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.start()

    def start(self) -> None:
        self.pipe, theirs = Pipe()
        with theirs:
            number = theirs.fileno()
            command = [sys.executable, "-c", BEGIN, str(number)]
            self.process = Popen(command, pass_fds=[number], start_new_session=True)
        self.pipe.send(self.settings)

    def apply(self, facts: Sequence[Fact | Reject]) -> list[Outcome]:
        """Commit the facts; say what became of each. Raises OperationalError or WriteError."""
        try:
            return self.ask(facts)
        except (EOFError, OSError):
            log.error("the writer's process ended with %s; another one begins", self.close())
            self.start()
        try:
            return self.ask(facts)
        except (EOFError, OSError) as ex:
            raise OperationalError("the writer's process ended twice") from ex

    def ask(self, facts: Sequence[Fact | Reject]) -> list[Outcome]:
        self.pipe.send(facts)
        told: list[Outcome] | Exception = self.pipe.recv()
        if isinstance(told, Exception):
            raise told
        return told

    def close(self) -> int:
        """End the process; return its exit code."""
        self.pipe.close()
        return self.process.wait(END_SECONDS)


def serve(pipe: Connection) -> None:
    """Apply what comes through the pipe until nothing can come any more."""
    settings: Settings = pipe.recv()
    set_up(settings.log_level, sys.stdout)
    connect(settings.database_url)
    ledger = create_ledger(settings)
    gc.collect()
    gc.freeze()
    told: Any = None
    while (facts := received(pipe)) is not None:
        try:
            if isinstance(told, OperationalError) and not facts:
                prove_writable(database)  # a commit of nothing would not find a full disk
            told = ledger.apply(facts)
        except OperationalError as ex:
            told = OperationalError(str(root_of(ex)))
        except Exception as ex:
            told = WriteError("".join(traceback.format_exception(ex)))
        pipe.send(told)
    database.end()


def received(pipe: Connection) -> list[Fact | Reject] | None:
    try:
        facts: list[Fact | Reject] = pipe.recv()
    except EOFError:
        return None
    return facts


def main() -> None:
    """Serve the pipe of the number given."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the server ends this, when all is committed
    serve(Connection(int(sys.argv[1])))
