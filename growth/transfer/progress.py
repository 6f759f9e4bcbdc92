"""Shows how far an import is: a bar on a terminal, else a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from growth.transfer.files import File

EVERY_SECONDS = 10

Show = Callable[[int, int], object]
"""Takes the bytes of the file that are read, and the line."""


@contextmanager
def progress(file: File) -> Iterator[Show]:
    """Shows progress on stderr while it lasts."""
    if sys.stderr.isatty():
        with click.progressbar(length=file.size, label=file.name, file=sys.stderr) as bar:
            yield lambda position, line: bar.update(position - bar.pos)
    else:
        yield logged(file)


def logged(file: File) -> Show:
    due = time.monotonic() + EVERY_SECONDS

    def show(position: int, line: int) -> None:
        nonlocal due
        if time.monotonic() >= due:
            due += EVERY_SECONDS
            share = position / max(1, file.size)
            click.echo(f"{file.name}: {share:.0%} read, line {line}", err=True)

    return show
