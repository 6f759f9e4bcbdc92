"""A report that takes too long is stopped, so that it holds up nobody else."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

import falcon
import peewee

from growth.errors import Problem
from growth.models.base import database

STEPS = 1_000
"""Steps of SQLite's virtual machine between two looks at the clock: well under a millisecond."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Stop the queries of this thread after so long. Raises the 503 that says how to narrow it."""
    end = time.monotonic() + seconds
    connection = database.connection()
    connection.set_progress_handler(lambda: time.monotonic() > end, STEPS)
    try:
        yield
    except (sqlite3.OperationalError, peewee.OperationalError) as ex:
        if "interrupted" not in str(ex):
            raise
        raise too_slow(seconds) from ex
    finally:
        connection.set_progress_handler(None, 0)


def too_slow(seconds: float) -> Problem:
    return Problem(
        falcon.HTTP_503,
        f"The report took more than {seconds:g} seconds and was stopped; narrow it: a shorter time "
        "from `from` to `to`, or fewer dimensions in `by`.",
    )
