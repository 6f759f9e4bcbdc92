"""Pages of lists. A list is sorted by a time, then by digest."""

from __future__ import annotations

from typing import Any

from growth.query.query import Query


def listed(rows: Any, at: Any, tie: Any, query: Query, *more: Any) -> tuple[list[Any], str | None]:
    """The rows of the page as named tuples, and the cursor of the next page.

    `rows` must include the columns `at` and `tie`, which sort them. The cursor includes `more`.
    """
    if query.position:
        rows = rows.where(beyond(at, tie, query))
    order = (at.desc(), tie.desc()) if query.is_descending else (at, tie)
    found = list(rows.order_by(*order).limit(query.limit + 1).namedtuples())
    if len(found) <= query.limit:
        return found, None
    last = found[query.limit - 1]
    return found[:-1], query.cursor(getattr(last, at.name), getattr(last, tie.name), *more)


def beyond(at: Any, tie: Any, query: Query) -> Any:
    """The condition for rows after the previous page. Its first part can use the index on `at`."""
    since, after = query.position[:2]
    if query.is_descending:
        return (at <= since) & ((at < since) | (tie < after))
    return (at >= since) & ((at > since) | (tie > after))
