"""Bounds the reports that are at work at the same time, so that writes have their turn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from growth.http.errors import Problem, unavailable


class Turns:
    """An eighth of the threads works on reports; others wait, in half of the threads at most."""

    def __init__(self, threads: int, seconds: float) -> None:
        """`seconds` is how long a report waits for its turn."""
        self.places = BoundedSemaphore(max(1, threads // 2))
        self.works = BoundedSemaphore(max(1, threads // 8))
        self.seconds = seconds

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for a turn and keep it meanwhile. Raises the 503 that asks to try again."""
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
    return unavailable("too many reports", "Too many reports are at work at the same time.", True)
