"""Limits how many reports run at a time, and how long each runs, so that writes are not delayed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

import falcon

from growth.database.engines import StoppedError
from growth.database.statements import database
from growth.http.errors import Problem, unavailable


class Turns:
    """Turns to compute a report. At most an eighth of the threads have a turn at the same time.

    Other threads wait. At most half of all threads have a turn or wait for one.
    """

    def __init__(self, threads: int, seconds: float) -> None:
        """`seconds` is the longest wait for a turn."""
        self.places = BoundedSemaphore(max(1, threads // 2))
        self.works = BoundedSemaphore(max(1, threads // 8))
        self.seconds = seconds

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for a turn, and keep it while the block runs.

        Raises a 503 with Retry-After if too many threads already wait, or if the wait is too long.
        """
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


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Stop the queries of the block after `seconds`, and raise a 503."""
    try:
        with database.stopping_after(seconds):
            yield
    except StoppedError as ex:
        raise too_slow(seconds) from ex


def too_slow(seconds: float) -> Problem:
    return Problem(
        falcon.HTTP_503,
        f"The report took more than {seconds:g} seconds and was stopped. Ask for a shorter time "
        "between `from` and `to`, or for fewer dimensions in `by`.",
    )
