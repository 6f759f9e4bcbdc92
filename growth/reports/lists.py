"""Pages of lists: sorted by time and digest, which never change, so that writes move no row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from growth.models.base import rows_of
from growth.schemas.query import Query

T = TypeVar("T")


def listed(
    rows: Any, make: Callable[..., T], at: Any, tie: Any, query: Query, *more: Any
) -> tuple[list[T], str | None]:
    """What `make` makes of the columns of each row of the page, by `at` and then `tie`, which it
    must have; and the cursor of the next page, with `more`.
    """
    if query.position:
        rows = rows.where(beyond(at, tie, query))
    order = (at.desc(), tie.desc()) if query.is_descending else (at, tie)
    found = [make(*row) for row in rows_of(rows.order_by(*order).limit(query.limit + 1))]
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
