"""Cursors. A cursor says where a page of an answer ended, and belongs to one question."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import orjson

OF_PAGES = ("cursor", "limit", "format")

Position = list[Any]
"""The values that order a page's last row. A cursor has `Query.basis` before them."""


def identity(params: Mapping[str, Any]) -> bytes:
    """The identity of a question: all parameters, except those that choose a page or a format."""
    asked = {name: params[name] for name in sorted(params) if name not in OF_PAGES}
    return orjson.dumps(asked)


def encode(position: Position, question: bytes) -> str:
    """A cursor that only the same question accepts."""
    body = orjson.dumps(position)
    return urlsafe_b64encode(seal(body, question) + body).decode().rstrip("=")


def decode(cursor: str, question: bytes) -> Any:
    """The content of a cursor. Raises ValueError if it belongs to another question."""
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError) as ex:
        raise ValueError("no cursor") from ex
    if raw[:8] != seal(raw[8:], question):
        raise ValueError("a cursor of another question")
    return orjson.loads(raw[8:])


def seal(body: bytes, question: bytes) -> bytes:
    return blake2b(body + question, digest_size=8, person=b"growth").digest()
