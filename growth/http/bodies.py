"""Reads request bodies: strict JSON or NDJSON, gzip understood, bounded before it is parsed."""

from __future__ import annotations

import json
import re
import zlib
from math import isinf
from typing import Any

import falcon
import orjson

from growth.http.context import Request
from growth.http.errors import Problem

MAX_BODY = 2 * 1024 * 1024
"""Bytes of a request, after inflating."""

MAX_ITEM = 32 * 1024
"""Bytes of one item."""

MAX_ITEMS = 500

JSON, NDJSON, TEXT = "application/json", "application/x-ndjson", "text/plain"

NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""The escape that JSON allows and databases do not."""

KEY_END = re.compile(rb'"\s*:')
PLAIN = frozenset((str, int, bool, type(None)))
PLAIN_DEPTH = 8
MAX_INTEGER = 2.0**63
MAX_DIGITS = 1_000


class BadJsonError(ValueError):
    """Text that is not the strict JSON we take; the message says where or why."""

    text = ""
    """The line of NDJSON that it was, if it was not too large."""


def read_items(req: Request) -> tuple[list[Any], bool]:
    """The items of a request and whether they are a batch. Raises the HTTP error that fits.

    An item of NDJSON that is not JSON is a `BadJsonError` in its place. The body and the items
    are left in the request's context.
    """
    items, is_batch = read(req)
    req.context.received = items
    return items, is_batch


def read(req: Request) -> tuple[list[Any], bool]:
    kind = (req.content_type or JSON).partition(";")[0].strip().lower()
    if kind == TEXT and req.context.is_from_page:
        kind = JSON  # what navigator.sendBeacon sends is JSON under another name
    if kind not in (JSON, NDJSON):
        raise falcon.HTTPUnsupportedMediaType(description=f"Send {JSON} or {NDJSON}.")
    body = req.context.body = read_body(req)
    if kind == NDJSON:
        lines = bounded([line for line in body.split(b"\n") if line.strip()])
        return [parse_line(line) for line in lines], True
    try:
        value = parse(body)
    except BadJsonError as ex:
        raise Problem(falcon.HTTP_400, f"The body is not JSON: {ex}") from ex
    if isinstance(value, list):
        return bounded([sized(item) for item in value] if len(body) > MAX_ITEM else value), True
    if len(body) > MAX_ITEM:
        raise too_large(f"An item has at most {MAX_ITEM} bytes.")
    return [value], False


def bounded(items: list[Any]) -> list[Any]:
    if len(items) > MAX_ITEMS:
        raise too_large(f"A request has at most {MAX_ITEMS} items; it had {len(items)}.")
    return items


def read_body(req: Request) -> bytes:
    """The bytes of the body, inflated, at most MAX_BODY."""
    if (req.content_length or 0) > MAX_BODY:
        raise too_large(f"A request has at most {MAX_BODY} bytes.")
    body = raw_body(req)
    encoding = (req.get_header("Content-Encoding") or "identity").strip().lower()
    if encoding == "gzip":
        body = inflate(body)
    elif encoding != "identity":
        raise falcon.HTTPUnsupportedMediaType(description="Content-Encoding may be gzip.")
    if len(body) > MAX_BODY:
        raise too_large(f"A request has at most {MAX_BODY} bytes after inflating.")
    if not body.strip():
        raise Problem(falcon.HTTP_400, "The body is empty; send a JSON object or an array of them.")
    return body


def raw_body(req: Request) -> bytes:
    """The bytes of the body as they were sent, one more than MAX_BODY at most; read once."""
    if req.context.raw is None:
        req.context.raw = req.bounded_stream.read(MAX_BODY + 1)
    return req.context.raw


def inflate(body: bytes) -> bytes:
    """Undo gzip, stopping just past the limit: a bomb costs no more memory than that."""
    stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        inflated = stream.decompress(body, MAX_BODY + 1)
    except zlib.error as ex:
        raise Problem(falcon.HTTP_400, "The body is not gzip.") from ex
    if len(inflated) <= MAX_BODY and not stream.eof:
        raise Problem(falcon.HTTP_400, "The gzip body ends too early.")
    if stream.unused_data:
        raise Problem(falcon.HTTP_400, "The gzip body goes on after its end.")
    return inflated


def sized(item: Any) -> Any:
    """The item, or what is wrong with its size."""
    try:
        text = orjson.dumps(item)
    except TypeError:  # numbers past 64 bits, or nested past 250
        text = json.dumps(item, ensure_ascii=False, separators=(",", ":")).encode()
    return item_too_large() if len(text) > MAX_ITEM else item


def parse_line(line: bytes) -> Any:
    if len(line) > MAX_ITEM:
        return item_too_large()
    try:
        return parse(line)
    except BadJsonError as ex:
        bad = BadJsonError(f"Not JSON: {ex}")
        bad.text = line.decode("utf-8", "replace")
        return bad


def item_too_large() -> BadJsonError:
    return BadJsonError(f"An item has at most {MAX_ITEM} bytes")


def parse(body: bytes) -> Any:
    """The value of strict JSON: UTF-8, no NaN, no duplicate keys, no NUL or lone surrogate.

    Raises BadJsonError.
    """
    value = parse_plain(body)
    return parse_strictly(body) if value is None else value


def parse_plain(body: bytes) -> Any:
    """The value of JSON that is strict beyond doubt, found four times as fast; else None.

    orjson takes the last of two keys alike. As what ends a key may stand in a string too, the text
    seems to have as many keys as it has, or more: if as many are in the value, none stood twice.
    """
    if b"\\u" in body:  # NUL, or half of a character
        return None
    try:
        value = orjson.loads(body)
        return value if keys_of([value], PLAIN_DEPTH) == len(KEY_END.findall(body)) else None
    except ValueError:
        return None


def keys_of(value: Any, depth: int) -> int:
    """How many keys there are in a value; raises ValueError if it nests deeper, or is in doubt."""
    if type(value) is float and -MAX_INTEGER < value < MAX_INTEGER:
        return 0
    if type(value) is float or not depth:
        raise ValueError("orjson makes a float of an integer past 64 bits")
    count, inner = (len(value), value.values()) if type(value) is dict else (0, value)
    for each in inner:
        if type(each) not in PLAIN:
            count += keys_of(each, depth - 1)
    return count


def parse_strictly(body: bytes) -> Any:
    try:
        text = body.decode("utf-8")
        value = json.loads(
            text,
            object_pairs_hook=unique,
            parse_int=whole,
            parse_float=finite,
            parse_constant=refuse,
        )
        if NUL.search(text):
            raise BadJsonError("it holds a NUL character")
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except RecursionError as ex:
        raise BadJsonError("it is nested too deeply") from ex
    except UnicodeError as ex:
        raise BadJsonError("it is not UTF-8, or holds half of a character") from ex
    except ValueError as ex:
        raise BadJsonError(str(ex)) from ex
    return value


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadJsonError("a key stands twice in one object")
    return found


def whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise BadJsonError(f"an integer has more than {MAX_DIGITS} digits")
    return int(text)


def finite(text: str) -> float:
    number = float(text)
    if isinf(number):
        raise BadJsonError("a number is too large")
    return number


def refuse(constant: str) -> Any:
    raise BadJsonError(f"{constant} is no JSON number")


def too_large(detail: str) -> Problem:
    return Problem(falcon.HTTP_413, detail)
