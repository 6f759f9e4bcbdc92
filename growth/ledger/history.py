"""Reads what is stored of a visitor: visits and pages from an instant on, a few at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from growth.attribution.facts import Pageview, visitor
from growth.attribution.visits import Visit
from growth.database.tables import pageview as pageviews
from growth.database.tables import remnant as remnants
from growth.database.tables import visit as visits

BEGINNING, END = -(2**62), 2**62
"""Before and after every instant."""

FIRST_READ, LONGEST_READ = 16, 1_024
"""Rows that the first and any later read of a long history fetches."""


def latest_visit(fingerprint: str, before: int) -> Visit | None:
    """The visit that began last before the instant."""
    row = visits.LATEST_BEFORE.row(fingerprint=fingerprint, at=before)
    return visits.from_row(row) if row else None


def visits_from(fingerprint: str, start: int, end: int = END) -> Iterator[Visit]:
    read = partial(visits.FROM.rows, fingerprint=fingerprint, end=end)
    return map(visits.from_row, in_chunks(read, start))


def pages_from(fingerprint: str, start: int) -> Iterator[Pageview]:
    read = partial(pageviews.FROM.rows, fingerprint=fingerprint)
    return (Pageview(*row) for row in in_chunks(read, start))


def in_chunks(read: Callable[..., list[tuple[Any, ...]]], start: int) -> Iterator[tuple[Any, ...]]:
    """Rows ordered by the time in their second column, read a few at a time and then more.

    Rows of the same microsecond come from one read, so that a chunk never parts them.
    """
    size = FIRST_READ
    while True:
        rows = read(start=start, size=size)
        if len(rows) < size:
            yield from rows
            return
        last = rows[-1][1]
        whole = [row for row in rows if row[1] < last]
        yield from whole
        start = last if whole else start
        size = min(size * 4, LONGEST_READ) if whole else size * 4


def purged_owner(fingerprint: str) -> str | None:
    """Whose the visitor's last purged visit was."""
    row = remnants.LATEST.row(subject=visitor(fingerprint), kind="visit")
    return row[1] if row else None
