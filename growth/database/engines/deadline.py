"""The deadline of a thread's queries on PostgreSQL."""

from __future__ import annotations

import threading
import time


class Deadline(threading.local):
    """The time by which a thread's queries must end, and the statement timeout in force.

    The timeout limits a statement, not a transaction. So the first statement gets the whole time
    left as its timeout. Before a later statement, the timeout is set again if the time
    left is less than 90 % of the timeout in force.
    """

    at: float | None = None
    timeout: float | None = None

    def left(self) -> float | None:
        """The timeout to set before the next statement, in seconds. None to set no timeout."""
        if self.at is None:
            return None
        left = self.at - time.monotonic()
        return left if self.timeout is None or left < 0.9 * self.timeout else None
