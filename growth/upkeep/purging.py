"""The thread that purges while the server runs."""

from __future__ import annotations

import logging
import threading
import time

from peewee import PeeweeException

from growth.ledger import Ledger
from growth.models.base import database
from growth.upkeep.retention import Retention, purge

log = logging.getLogger(__name__)

PURGE_SECONDS = 24 * 60 * 60
"""How often the server purges."""


class DailyPurge(threading.Thread):
    """Purges while the server runs, once at the start and then once a day."""

    def __init__(self, ledger: Ledger, kept: Retention) -> None:
        super().__init__(name="purge", daemon=True)
        self.ledger = ledger
        self.kept = kept

    def run(self) -> None:
        while True:
            self.purge()
            time.sleep(PURGE_SECONDS)

    def purge(self) -> None:
        try:
            with database.connection_context():
                log.info("purged %d facts", purge(self.ledger, self.kept, lambda done: None))
        except PeeweeException as ex:
            log.error("the purge failed and will be tried again: %s", ex)
