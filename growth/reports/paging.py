"""Divides answers into pages. Lists are sorted by time, groups by the query's `sort`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from growth.query.query import Query


def listed(rows: Any, at: Any, tie: Any, query: Query, *more: Any) -> tuple[list[Any], str | None]:
    """The rows on one page of the query `rows`, and the cursor of the next page, if there is one.

    The rows are sorted by the columns `at` and `tie`, which the query must select. The cursor holds
    the values of these two columns in the last row of the page, followed by `more`.
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
    """An SQL condition that selects the rows after the previous page.

    Its first part can use the index on `at`.
    """
    since, after = query.position[:2]
    if query.is_descending:
        return (at <= since) & ((at < since) | (tie < after))
    return (at >= since) & ((at > since) | (tie > after))


Group = tuple[Any, ...]
F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Order(Generic[F]):
    """The order of groups.

    `rank` returns the value by which the query sorts a group. `then` returns the values that sort
    groups of equal rank.
    """

    rank: Callable[[Group, F], list[Any]]
    then: Callable[[F], list[Any]]


def page_of_groups(
    found: Mapping[Group, F], order: Order[F], query: Query
) -> tuple[list[Group], str | None]:
    """The groups on one page, and the cursor of the next page, if there is one.

    Groups without the metric or dimension by which the query sorts come last.
    """

    def place(group: Group) -> list[Any]:
        figures = found[group]
        rank = [ordered(each, query.is_descending) for each in order.rank(group, figures)]
        return [*rank, *order.then(figures), *map(text, group)]

    places = sorted((place(group), group) for group in found)
    if query.position:
        places = [each for each in places if each[0] > query.position]
    shown = places[: query.limit]
    following = query.cursor(*shown[-1][0]) if len(places) > len(shown) else None
    return [group for _, group in shown], following


def ordered(value: Any, is_descending: bool) -> list[Any]:
    """A list that replaces `value` as sort key. With it, None comes last in either direction."""
    if value is None:
        return [1]
    if isinstance(value, bool | int | float):
        return [0, -value if is_descending else value]
    letters = [ord(letter) for letter in value]
    return [0, [*map(int.__neg__, letters), 1] if is_descending else letters]


def text(value: Any) -> str:
    return "" if value is None else str(value)
