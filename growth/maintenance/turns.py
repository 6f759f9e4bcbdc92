"""Splits long work into short transactions, so that the server can write in between."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from growth.database.statements import database

TURN_SECONDS = 0.1
"""A transaction that has taken this long begins no further unit of work."""

PAUSE_SECONDS = 0.05
"""The pause after a transaction. In it, other writers can get SQLite's lock, which has no queue."""


def in_turns(units: Sequence[str], work: Callable[[str], None]) -> Iterator[int]:
    """Call `work` for each unit of work, in short transactions.

    After each transaction, yields the number of its units.
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
