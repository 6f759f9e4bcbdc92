"""Stops a report that takes too long, so that it does not delay others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import falcon

from growth.database.engines import StoppedError
from growth.database.statements import database
from growth.http.errors import Problem


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Stop the queries of this thread after `seconds`. Raises a 503 that says what to ask."""
    try:
        with database.stopping_after(seconds):
            yield
    except StoppedError as ex:
        raise too_slow(seconds) from ex


def too_slow(seconds: float) -> Problem:
    return Problem(
        falcon.HTTP_503,
        f"The report took more than {seconds:g} seconds and was stopped; narrow it: a shorter time "
        "from `from` to `to`, or fewer dimensions in `by`.",
    )
