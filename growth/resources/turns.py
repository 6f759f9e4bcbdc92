"""Limits the number of reports at one time, so that writes are not delayed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from growth.http.errors import Problem, unavailable


class Turns:
    """Turns of threads to compute reports. At most an eighth of the threads have a turn.

    At most half of the threads have a turn or wait for one.
    """

    def __init__(self, threads: int, seconds: float) -> None:
        """`seconds` is the longest wait for a turn."""
        self.places = BoundedSemaphore(max(1, threads // 2))
        self.works = BoundedSemaphore(max(1, threads // 8))
        self.seconds = seconds

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for a turn and hold it. Raises a 503 with Retry-After if no turn is free in time."""
        if not self.places.acquire(blocking=False):
            raise crowded()
        try:
            if not self.works.acquire(timeout=self.seconds):
                raise crowded()
            try:
                yield
            finally:
                self.works.release()
        finally:
            self.places.release()


def crowded() -> Problem:
    return unavailable("too many reports", "Too many reports are asked for at the same time.", True)
