"""Parses JSON and NDJSON. Refuses NaN, NUL characters, numbers past 64 bits and large items."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

MAX_ITEM = 32 * 1024
"""The most bytes of one item."""

JSON, NDJSON, TEXT = "application/json", "application/x-ndjson", "text/plain"

ESCAPED_NUL = b"\\u0000"
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""The escaped NUL character. JSON allows it, databases do not."""

MAX_NUMBER = 2.0**63
"""The absolute value of a float must be below this.

orjson reads whole numbers of more than 64 bits as floats, which are inexact.
"""


class BadJsonError(ValueError):
    """JSON that we do not accept. The message says why.

    `text` is the input to keep as a reject. It is empty if the input is too large or cannot
    be encoded.
    """

    def __init__(self, message: str, text: str = "") -> None:
        super().__init__(message)
        self.text = text


def kind_and_text(item: Any) -> tuple[str, str]:
    """The content type and the text of an item, for a reject."""
    if isinstance(item, BadJsonError):
        return NDJSON, item.text
    return JSON, json.dumps(item, ensure_ascii=False)


def items_of(body: bytes, kind: str) -> list[Any]:
    """The items of a body. Instead of each bad item, the list has a `BadJsonError`.

    `kind` is the content type of the body: JSON or NDJSON.
    """
    if kind == NDJSON:
        return [parse_line(line) for line in lines_of(body)]
    try:
        value = parse(body)
    except BadJsonError as ex:
        return [ex]
    return [checked(each) for each in (value if isinstance(value, list) else [value])]


def lines_of(body: bytes) -> list[bytes]:
    return [line for line in body.split(b"\n") if line.strip()]


def parse_line(line: bytes) -> Any:
    """The value of a line of NDJSON. If the line is not acceptable, a BadJsonError."""
    if len(line) > MAX_ITEM:
        return item_too_large()
    try:
        return checked(parse(line))
    except BadJsonError as ex:
        return ex


def parse(body: bytes) -> Any:
    """Parse JSON in UTF-8. Raises BadJsonError, also for NaN and for halves of surrogate pairs.

    If an object has a key twice, the last value counts. Some values are valid JSON, but databases
    or reports cannot hold them. `checked` refuses these values.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as ex:
        raise BadJsonError(f"Not JSON: {ex}", body.decode("utf-8", "replace")) from ex


def parse_leniently(body: bytes) -> Any:
    """Like `parse`, but accepts NaN, Infinity and numbers of any size.

    Segment's library for Python writes such values. Because of one such value, `parse` would refuse
    a whole batch. `checked` refuses only the item that has the value.
    """
    try:
        return parse(body)
    except BadJsonError as ex:
        try:
            return json.loads(body, parse_int=lambda text: (int if len(text) < 20 else float)(text))
        except (ValueError, RecursionError):
            raise ex from None


def checked(item: Any) -> Any:
    """Return the item, or a BadJsonError that says why the item is refused.

    An item is refused if it is too large or nested too deep, or if it has half of a surrogate pair,
    a NUL character, or a number past 64 bits.
    """
    if isinstance(item, BadJsonError):
        return item
    try:
        text = orjson.dumps(item)
    except TypeError:
        return BadJsonError("An item nests more than 250 deep, or holds half of a surrogate pair")
    if len(text) > MAX_ITEM:
        return item_too_large()
    if ESCAPED_NUL in text and NUL.search(text):  # searching for NUL is slow
        return BadJsonError("A string holds a NUL character", text.decode())
    if has_long_number(item):
        return BadJsonError("A number is past 64 bits, or not finite", text.decode())
    return item


def has_long_number(value: Any) -> bool:
    if type(value) is float:
        return not -MAX_NUMBER < value < MAX_NUMBER
    inner = value.values() if type(value) is dict else value if type(value) is list else ()
    return any(map(has_long_number, inner))


def item_too_large() -> BadJsonError:
    return BadJsonError(f"An item has at most {MAX_ITEM} bytes")
