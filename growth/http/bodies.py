"""Reads request bodies: JSON or NDJSON, plain or gzip. Sizes are checked before parsing."""

from __future__ import annotations

import json
import re
import zlib
from gzip import GzipFile
from io import BytesIO
from typing import Any

import falcon
import orjson

from growth.http.context import Request
from growth.http.errors import Problem

MAX_BODY = 2 * 1024 * 1024
"""The most bytes of a request, after inflating."""

MAX_ANONYMOUS_BODY = 64 * 1024
"""The most bytes of a request that a page sends without a token."""

MAX_ITEM = 32 * 1024
"""The most bytes of one item."""

MAX_ITEMS = 500

JSON, NDJSON, TEXT = "application/json", "application/x-ndjson", "text/plain"

ESCAPED_NUL = b"\\u0000"
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""The escaped NUL character. JSON allows it, databases do not."""

MAX_NUMBER = 2.0**63
"""The absolute value of a float must be below this.

orjson reads whole numbers of more than 64 bits as floats, which are inexact.
"""


class BadJsonError(ValueError):
    """JSON that we do not accept. The message says where or why.

    `text` is the input to keep as a reject. It is empty if the input must not be kept.
    """

    def __init__(self, message: str, text: str = "") -> None:
        super().__init__(message)
        self.text = text


def kind_and_text(item: Any) -> tuple[str, str]:
    """The content type and the text of an item, for a reject."""
    if isinstance(item, BadJsonError):
        return NDJSON, item.text
    return JSON, json.dumps(item, ensure_ascii=False)


def read_items(req: Request) -> tuple[list[Any], bool]:
    """The items of a request, and whether they are a batch. Raises an HTTP error.

    If an item of a batch is bad, the list has a `BadJsonError` instead of the item. The body and
    the items are kept in the request's context.
    """
    items, is_batch = read_json(req)
    req.context.received = items
    return items, is_batch


def read_json(req: Request) -> tuple[list[Any], bool]:
    kind = (req.content_type or JSON).partition(";")[0].strip().lower()
    if kind == TEXT and req.context.is_from_page:
        kind = JSON  # navigator.sendBeacon sends JSON as text/plain
    if kind not in (JSON, NDJSON):
        raise falcon.HTTPUnsupportedMediaType(description=f"Send {JSON} or {NDJSON}.")
    body = req.context.body = read_body(req)
    if kind == NDJSON:
        return [parse_line(line) for line in bounded(lines_of(body))], True
    try:
        value = parse(body)
    except BadJsonError as ex:
        raise Problem(falcon.HTTP_400, f"{ex}.") from ex
    if isinstance(value, list):
        return [checked(item) for item in bounded(value)], True
    if len(body) > MAX_ITEM:
        raise too_large(f"An item has at most {MAX_ITEM} bytes.")
    item = checked(value)
    if isinstance(item, BadJsonError):
        raise Problem(falcon.HTTP_400, f"{item}.")
    return [item], False


def items_of(body: bytes, kind: str) -> list[Any]:
    """The items of a body of the content type JSON or NDJSON. A bad item is a `BadJsonError`."""
    if kind == NDJSON:
        return [parse_line(line) for line in lines_of(body)]
    try:
        value = parse(body)
    except BadJsonError as ex:
        return [ex]
    return [checked(each) for each in (value if isinstance(value, list) else [value])]


def lines_of(body: bytes) -> list[bytes]:
    return [line for line in body.split(b"\n") if line.strip()]


def bounded(items: list[Any]) -> list[Any]:
    if len(items) > MAX_ITEMS:
        raise too_large(f"A request has at most {MAX_ITEMS} items; it had {len(items)}.")
    return items


def read_body(req: Request) -> bytes:
    """The bytes of the body, inflated. Raises an HTTP error."""
    limit = MAX_ANONYMOUS_BODY if req.context.is_anonymous else MAX_BODY
    if (req.content_length or 0) > limit:
        raise too_large(f"A request has at most {limit} bytes.")
    body = raw_body(req)
    encoding = (req.get_header("Content-Encoding") or "identity").strip().lower()
    if encoding == "gzip":
        body = inflate(body, limit)
    elif encoding != "identity":
        raise falcon.HTTPUnsupportedMediaType(description="Content-Encoding may be gzip.")
    if len(body) > limit:
        raise too_large(f"A request has at most {limit} bytes after inflating.")
    if not body.strip():
        raise Problem(falcon.HTTP_400, "The body is empty; send a JSON object or an array of them.")
    return body


def raw_body(req: Request) -> bytes:
    """The body as sent, cut after MAX_BODY + 1 bytes.

    The first call reads it into the request's context, and later calls return it from there.
    """
    if req.context.raw is None:
        req.context.raw = req.bounded_stream.read(MAX_BODY + 1)
    return req.context.raw


def inflate(body: bytes, limit: int = MAX_BODY) -> bytes:
    """Inflate gzip with one or many members, up to one byte past the limit.

    The limit keeps a compression bomb from taking more memory.
    """
    try:
        with GzipFile(fileobj=BytesIO(body)) as stream:
            return stream.read(limit + 1)
    except EOFError as ex:
        raise Problem(falcon.HTTP_400, "The gzip body ends too early.") from ex
    except (OSError, zlib.error) as ex:
        raise Problem(falcon.HTTP_400, f"The body is not gzip: {ex}.") from ex


def parse_line(line: bytes) -> Any:
    """The value of a line of NDJSON, or a BadJsonError."""
    if len(line) > MAX_ITEM:
        return item_too_large()
    try:
        return checked(parse(line))
    except BadJsonError as ex:
        return ex


def parse(body: bytes) -> Any:
    """Parse JSON in UTF-8. Raises BadJsonError, also for NaN and for halves of surrogate pairs.

    If a key is repeated, its last value counts. `checked` finds values that databases or reports
    cannot hold.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as ex:
        raise BadJsonError(f"Not JSON: {ex}", body.decode("utf-8", "replace")) from ex


def parse_leniently(body: bytes) -> Any:
    """Like `parse`, but leaves NaN, Infinity and numbers of any size to `checked`.

    Segment's library for Python writes such values. `parse` would refuse a whole batch because of
    one value.
    """
    try:
        return parse(body)
    except BadJsonError as ex:
        try:
            return json.loads(body, parse_int=lambda text: (int if len(text) < 20 else float)(text))
        except (ValueError, RecursionError):
            raise ex from None


def checked(item: Any) -> Any:
    """The item, or a BadJsonError for its size, its depth, a NUL or a number past 64 bits."""
    if isinstance(item, BadJsonError):
        return item
    try:
        text = orjson.dumps(item)
    except TypeError:
        return BadJsonError("An item nests more than 250 deep, or holds half of a surrogate pair")
    if len(text) > MAX_ITEM:
        return item_too_large()
    if ESCAPED_NUL in text and NUL.search(text):  # the first test is ten times as fast
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


def too_large(detail: str) -> Problem:
    return Problem(falcon.HTTP_413, detail)
