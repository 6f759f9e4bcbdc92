"""The thread that purges old facts while the server runs."""

from __future__ import annotations

import logging
import threading
import time

from growth.database.statements import database
from growth.ledger.ledger import Ledger
from growth.maintenance.keeping import adopt_days
from growth.maintenance.retention import Retention, purge

log = logging.getLogger(__name__)

PURGE_SECONDS = 24 * 60 * 60
"""Time between two purges."""

RETRY_SECONDS = 60
"""Time to wait after a failed purge."""


WAITS = (
    "the daily purge deletes nothing, because GROWTH_RETENTION_DAYS=%d is shorter than before; "
    "growth purge --dry-run counts the facts that growth purge would delete"
)


class DailyPurge(threading.Thread):
    """Purges at the start of the server and then once a day."""

    def __init__(self, ledger: Ledger, kept: Retention, days: int) -> None:
        super().__init__(name="purge", daemon=True)
        self.ledger = ledger
        self.kept = kept
        self.days = days

    def run(self) -> None:
        while True:
            time.sleep(PURGE_SECONDS if self.purge() else RETRY_SECONDS)

    def purge(self) -> bool:
        """Purge once; return whether this succeeded. Errors are logged, and do not end the thread.

        A GROWTH_RETENTION_DAYS that is shorter than the recorded retention may be a mistake. So
        nothing is deleted in this case.
        """
        try:
            with database.connection_context():
                if not adopt_days(self.days):
                    log.warning(WAITS, self.days)
                    return True
                log.info("purged %d facts", purge(self.ledger, self.kept, lambda done: None))
        except Exception as ex:
            log.error("the purge failed; it is tried again in %d s", RETRY_SECONDS, exc_info=ex)
            return False
        return True
