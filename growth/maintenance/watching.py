"""The thread that ends the service when a newer version has migrated the database."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress
from typing import Protocol

from peewee import PeeweeException

from growth.database.connecting import migrations, refuse_newer
from growth.database.engines import DatabaseError
from growth.database.faults import Fault, fault_of
from growth.database.statements import database

WATCH_SECONDS = 2
"""Time between two checks."""


class Ending(Protocol):
    """The attribute of the recorder that the watch sets."""

    ending: Fault | None


class Watch(threading.Thread):
    """Ends the service if a newer version migrates the database."""

    def __init__(self, recorder: Ending) -> None:
        super().__init__(name="watch", daemon=True)
        self.recorder = recorder

    def run(self) -> None:
        while not self.recorder.ending:
            time.sleep(WATCH_SECONDS)
            with suppress(PeeweeException):  # GET /healthz reports faults of the database
                self.look()
        os.kill(os.getpid(), signal.SIGTERM)

    def look(self) -> None:
        """Stop taking facts if a newer version has migrated the database."""
        try:
            with database.connection_context():
                refuse_newer(migrations(database))
        except DatabaseError as ex:
            self.recorder.ending = fault_of(ex)
