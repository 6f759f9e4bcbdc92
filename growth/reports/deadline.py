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
    """Stop the queries of this thread after `seconds`, and raise a 503."""
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
