"""Splits long work into short transactions, so that the server can write in between."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from growth.database.statements import database

TURN_SECONDS = 0.1
"""After this time, a transaction begins no further unit."""

PAUSE_SECONDS = 0.05
"""A pause in which other writers can get the lock, because SQLite has no queue for its lock."""


def in_turns(units: Sequence[str], work: Callable[[str], None]) -> Iterator[int]:
    """Call `work` for each unit, in short transactions.

    Yields the number of units in each transaction.
    """
    place = 0
    while place < len(units):
        first, end = place, time.monotonic() + TURN_SECONDS
        with database.atomic("EXCLUSIVE"):
            while place < len(units) and (place == first or time.monotonic() < end):
                work(units[place])
                place += 1
        yield place - first
        time.sleep(PAUSE_SECONDS)
