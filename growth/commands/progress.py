"""Shows the progress of a long command: a bar on a terminal, else a line every 10 seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

SECONDS = 10
"""The time between two lines."""


@contextmanager
def progress(
    total: int, label: str, clock: Callable[[], float] = time.monotonic
) -> Iterator[Callable[[int], None]]:
    """Yield a function that shows progress on stderr.

    Call it with the number of units done since the last call.
    """
    if sys.stderr.isatty():
        with click.progressbar(length=total, label=label, file=sys.stderr) as bar:
            yield bar.update
        return
    done, next_at = 0, clock() + SECONDS

    def advance(units: int) -> None:
        nonlocal done, next_at
        done += units
        if (now := clock()) >= next_at:
            next_at = now + SECONDS
            click.echo(f"{label}: {done:,} of about {total:,}", err=True)

    yield advance
