"""Reads request bodies: JSON or NDJSON, plain or gzip. Sizes are checked before parsing."""

from __future__ import annotations

import zlib
from gzip import GzipFile
from io import BytesIO
from typing import Any

import falcon

from growth.http.context import Request
from growth.http.errors import Problem
from growth.http.strict_json import (
    JSON,
    MAX_ITEM,
    NDJSON,
    TEXT,
    BadJsonError,
    checked,
    lines_of,
    parse,
    parse_line,
)

MAX_BODY = 2 * 1024 * 1024
"""The most bytes of a request body, after inflating."""

MAX_ANONYMOUS_BODY = 64 * 1024
"""The most bytes of a request body that a page sends without a token, after inflating."""

MAX_ITEMS = 500


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
        raise falcon.HTTPUnsupportedMediaType(
            description="Send the body plain, or with Content-Encoding: gzip."
        )
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
    """Inflate gzip with one or more members. Return at most `limit + 1` bytes.

    Inflating stops there, so that a compression bomb does not fill the memory.
    """
    try:
        with GzipFile(fileobj=BytesIO(body)) as stream:
            return stream.read(limit + 1)
    except EOFError as ex:
        raise Problem(falcon.HTTP_400, "The gzip body ends too early.") from ex
    except (OSError, zlib.error) as ex:
        raise Problem(falcon.HTTP_400, f"The body is not valid gzip: {ex}.") from ex


def too_large(detail: str) -> Problem:
    return Problem(falcon.HTTP_413, detail)
