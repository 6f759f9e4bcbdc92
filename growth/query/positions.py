"""Where pages end: what the position in a cursor is made of, in each listing.

A cursor's seal has no key, so that whoever knows the code can make one that holds anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from growth.query.words import PERSON
from growth.schemas.times import FIRST, LAST

Kind = Callable[[Any], bool]


def is_instant(value: Any) -> bool:
    return type(value) is int and FIRST <= value <= LAST


def is_instant_or_none(value: Any) -> bool:
    return value is None or is_instant(value)


def is_clock(value: Any) -> bool:
    """Whether the clock may have shown it; 0 where nobody looked."""
    return is_instant(value) and value >= 0


def is_string(value: Any) -> bool:
    return type(value) is str and "\0" not in value


def is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def are_letters(value: Any) -> bool:
    return type(value) is list and all(map(is_number, value))


def ranked(is_kind: Kind) -> Kind:
    """What sorts values of a kind, and none after them all: see `reports.pages.ordered`."""

    def is_rank(value: Any) -> bool:
        if type(value) is not list:
            return False
        return value == [1] or (len(value) == 2 and value[0] == 0 and is_kind(value[1]))

    return is_rank


LISTS: Mapping[str, tuple[Kind, ...]] = {
    "visit": (is_instant, is_string),
    "pageview": (is_instant, is_string),
    "event": (is_instant, is_string),
    "user": (is_instant, is_string),
    "conversion": (is_instant, is_string, is_instant_or_none),
}
"""When and what the last of the page was, and `as_of`."""

GROUPS = {"groups": 2, "events": 1}
"""How many figures decide among groups that rank alike."""


def kinds_of(asked: Mapping[str, Any]) -> tuple[Kind, ...]:
    """The kinds of values that a position has, in their order; none where there is one page."""
    report, by, name = asked["report"], asked["by"], asked["sort"].removeprefix("-")
    if report == "user" and set(PERSON) & set(asked["filters"]):
        return (is_string,)
    if report in GROUPS:
        rank = ranked(are_letters if name in by and name != "paid" else is_number)
        return (rank, *[is_number] * GROUPS[report], *[is_string] * len(by))
    return LISTS.get(report, ())


def is_position(value: Any, asked: Mapping[str, Any]) -> bool:
    """Whether it is when the question was asked, and where a page of its answer may end."""
    kinds = kinds_of(asked)
    return (
        type(value) is list
        and len(value) - 1 == len(kinds) > 0
        and all(is_kind(each) for is_kind, each in zip((is_clock, *kinds), value, strict=True))
    )
