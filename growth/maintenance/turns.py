"""Long work in short transactions, so that the server's writes come through in between."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from growth.database.statements import database

TURN_SECONDS = 0.1
"""How long a transaction goes on to take units."""

PAUSE_SECONDS = 0.05
"""How long the lock is left to others: SQLite does not queue those who wait for it."""


def in_turns(units: Sequence[str], write: bool, work: Callable[[str], None]) -> Iterator[int]:
    """Do the work on all units, a few in a transaction; yield how many after each."""
    place = 0
    while place < len(units):
        first, end = place, time.monotonic() + TURN_SECONDS
        with database.atomic("EXCLUSIVE" if write else "DEFERRED"):
            while place < len(units) and (place == first or time.monotonic() < end):
                work(units[place])
                place += 1
        yield place - first
        if write:
            time.sleep(PAUSE_SECONDS)
