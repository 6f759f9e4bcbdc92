"""Helpers of all commands, for settings, --json, progress and error messages."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import click
import orjson
from peewee import OperationalError

from growth.database.engines import DatabaseError
from growth.settings import SettingsError, load_settings


class Refusal(click.ClickException):
    """Ends a command with a message on stderr and the exit code 1."""


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def print_answer(as_json: bool, text: str, answer: Any) -> None:
    """Print an answer: as text for people, or as a line of JSON."""
    click.echo(orjson.dumps(answer).decode() if as_json else text)


def with_settings(function: Callable[..., None]) -> Callable[..., None]:
    """Decorate a command: pass it the settings, and show its errors without a traceback."""

    @wraps(function)
    def run(**options: Any) -> None:
        try:
            function(load_settings(), **options)
        except (SettingsError, DatabaseError) as ex:
            raise Refusal(str(ex)) from ex
        except OperationalError as ex:  # such as a database that is locked, full or read-only
            raise Refusal(f"the database cannot be used: {ex}") from ex

    return run


LINE_SECONDS = 10
"""Seconds between two lines of progress, if stderr is not a terminal."""


@contextmanager
def progress(
    total: int, label: str, clock: Callable[[], float] = time.monotonic
) -> Iterator[Callable[[int], None]]:
    """Yield a function that shows on stderr how much of `total` is done.

    Call this function with the amount done since its last call.
    """
    if sys.stderr.isatty():
        with click.progressbar(length=total, label=label, file=sys.stderr) as bar:
            yield bar.update
        return
    done, next_at = 0, clock() + LINE_SECONDS

    def advance(units: int) -> None:
        nonlocal done, next_at
        done += units
        if (now := clock()) >= next_at:
            next_at = now + LINE_SECONDS
            click.echo(f"{label}: {done:,} of about {total:,}", err=True)

    yield advance
