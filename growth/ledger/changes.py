"""Marks the conversions whose credit changed: feeds ask for what changed since they last did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from growth.database.statements import database
from growth.database.tables import conversion as conversions


class Changes:
    """The conversions that a transaction changed, as rows.

    They are marked at its end, under a lock, so that instants are in the order of commits: a
    reader who sees a change sees all changes with an earlier instant.
    """

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def mark(self, now: Callable[[], int]) -> None:
        """Write the conversions with the instant, in microseconds, as `changed_at`."""
        if self.rows:
            database.lock_changes()
            at = now()
            conversions.UPSERT.run_many({**row, "changed_at": at} for row in self.rows)
