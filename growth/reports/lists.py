"""Pages of lists: sorted by time and digest, which never change, so that writes move no row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from growth.database.statements import Statement, param, rows_of
from growth.query.query import Query

T = TypeVar("T")

PLAIN = ("start", "end", "event", "changed_since")
"""What a query has one value of, or none."""

STATEMENTS: dict[Any, Statement] = {}
"""Of the questions that differ in such values alone."""


def listed(
    rows: Any, make: Callable[..., T], at: Any, tie: Any, query: Query, *more: Any
) -> tuple[list[T], str | None]:
    """What `make` makes of the columns of each row of the page, by `at` and then `tie`, which it
    must have; and the cursor of the next page, with `more`.
    """
    found = rows_of(paged(rows, at, tie, query, query.limit + 1))
    return cut([make(*row) for row in found], at, tie, query, *more)


def listed_at_once(
    build: Callable[[Query], Any],
    make: Callable[..., T],
    at: Any,
    tie: Any,
    query: Query,
    *more: Any,
) -> tuple[list[T], str | None]:
    """As `listed`, of the rows that `build`, a function of a module, makes for the query.

    Compiled once if nothing filters them: that takes longer than to fetch a page.
    """
    if query.filters:
        return listed(build(query), make, at, tie, query, *more)
    values = {name: getattr(query, name) for name in PLAIN if getattr(query, name) is not None}
    values |= zip(("since", "after"), query.position, strict=False)
    shape = build, at.name, query.sort, *values
    if shape not in STATEMENTS:
        asked: Any = {name: param(name) for name in values if name in PLAIN}
        position = [param("since"), param("after")] if query.position else []
        alike = replace(query, position=position, **asked)
        STATEMENTS[shape] = Statement(lambda: paged(build(alike), at, tie, alike, param("size")))
    found = STATEMENTS[shape].rows(**values, size=query.limit + 1)
    return cut([make(*row) for row in found], at, tie, query, *more)


def paged(rows: Any, at: Any, tie: Any, query: Query, size: Any) -> Any:
    """The rows after the page before, in order."""
    if query.position:
        rows = rows.where(beyond(at, tie, query))
    order = (at.desc(), tie.desc()) if query.is_descending else (at, tie)
    return rows.order_by(*order).limit(size)


def cut(found: list[T], at: Any, tie: Any, query: Query, *more: Any) -> tuple[list[T], str | None]:
    """The page without the row that shows that there is another, and the cursor of that."""
    if len(found) <= query.limit:
        return found, None
    last = found[query.limit - 1]
    return found[:-1], query.cursor(getattr(last, at.name), getattr(last, tie.name), *more)


def beyond(at: Any, tie: Any, query: Query) -> Any:
    """What comes after the page before. Says twice where, for indexes know no tuples."""
    since, after = query.position[:2]
    if query.is_descending:
        return (at <= since) & ((at < since) | (tie < after))
    return (at >= since) & ((at > since) | (tie > after))
