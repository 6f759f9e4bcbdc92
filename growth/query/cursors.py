"""Cursors. A cursor says where a page of an answer ended, so that the next page can begin there.

A question is the parameters of a request without `cursor`, `limit` and `format`. A cursor contains
a hash of its own content and of the question, so it is refused with any other question. The hash
has no secret key, so a client can forge a cursor. Therefore the types of the values in a cursor are
checked, too.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any

import orjson
from marshmallow import ValidationError

from growth.query.words import PERSON
from growth.schemas.times import FIRST, LAST

Kind = Callable[[Any], bool]
FORGED = "Must be the value of `next` in an answer to the same query."
OF_PAGES = ("cursor", "limit", "format")

Position = list[Any]
"""The values by which the last row of a page is sorted. `Query.basis` precedes them in a cursor."""


def identity(params: Mapping[str, Any]) -> bytes:
    """The question as JSON text: its parameters, sorted by name."""
    asked = {name: params[name] for name in sorted(params) if name not in OF_PAGES}
    return orjson.dumps(asked)


def encode(position: Position, question: bytes) -> str:
    """A cursor that is valid only for `question`."""
    body = orjson.dumps(position)
    return urlsafe_b64encode(seal(body, question) + body).decode().rstrip("=")


def read_cursor(cursor: str, question: bytes, asked: Mapping[str, Any]) -> Position:
    """Decode a cursor into a list: first `Query.basis`, then the values of the position.

    Raises ValidationError if the cursor was not made for `question`, or if its values are not of
    the types that a query with the parameters `asked` needs.
    """
    try:
        position: Position = decode(cursor, question)
    except ValueError as ex:
        raise ValidationError({"cursor": [FORGED]}) from ex
    if not is_position(position, asked):
        raise ValidationError({"cursor": [FORGED]})
    return position


def decode(cursor: str, question: bytes) -> Any:
    """The content of a cursor. Raises ValueError if the cursor was not made for `question`."""
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError) as ex:
        raise ValueError("no cursor") from ex
    if raw[:8] != seal(raw[8:], question):
        raise ValueError("a cursor of another question")
    return orjson.loads(raw[8:])


def seal(body: bytes, question: bytes) -> bytes:
    return blake2b(body + question, digest_size=8, person=b"growth").digest()


def is_instant(value: Any) -> bool:
    return type(value) is int and FIRST <= value <= LAST


def is_instant_or_none(value: Any) -> bool:
    return value is None or is_instant(value)


def is_clock(value: Any) -> bool:
    """Whether `value` is a valid `Query.basis`."""
    return is_instant(value) and value >= 0


def is_string(value: Any) -> bool:
    return type(value) is str and "\0" not in value


def is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def are_letters(value: Any) -> bool:
    return type(value) is list and all(map(is_number, value))


def ranked(is_kind: Kind) -> Kind:
    """A check of the list that `reports.paging.ordered` makes: `[0, value]`, or `[1]` for None.

    `is_kind` checks the value in the list.
    """

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
"""For each list, the checks of the values in a position.

The values are the time and the digest of the last row on the page. In the list of users, they are
the start and the digest of the last user's first visit. In the list of conversions, a third value
is the `as_of` of the answer.
"""

GROUPS = {"groups": 2, "events": 1}
"""For each report by group, the number of values that `reports.paging.Order.then` returns."""


def kinds_of(asked: Mapping[str, Any]) -> tuple[Kind, ...]:
    """The checks of the values in a position, one for each value.

    There are no checks for a report whose answers always have a single page.
    """
    report, by, name = asked["report"], asked["by"], asked["sort"].removeprefix("-")
    if report == "user" and set(PERSON) & set(asked["filters"]):
        return (is_string,)
    if report in GROUPS:
        rank = ranked(are_letters if name in by and name != "paid" else is_number)
        return (rank, *[is_number] * GROUPS[report], *[is_string] * len(by))
    return LISTS.get(report, ())


def is_position(value: Any, asked: Mapping[str, Any]) -> bool:
    """Whether a decoded cursor is a list: the `Query.basis`, then a value for each sort key."""
    kinds = kinds_of(asked)
    return (
        type(value) is list
        and len(value) - 1 == len(kinds) > 0
        and all(is_kind(each) for is_kind, each in zip((is_clock, *kinds), value, strict=True))
    )
