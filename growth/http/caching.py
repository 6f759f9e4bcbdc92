"""How an answer of the read endpoint goes out: tagged, packed, or not at all if it is known."""

from __future__ import annotations

import gzip
import re
from hashlib import blake2b

import falcon

from growth.http.context import Request

PACKED_FROM = 1_024
"""Bytes from which an answer is packed: a smaller one fits into a packet as it is."""

PACKED = "-gzip"
"""What the tag of a packed answer ends on: another coding, another strong tag (RFC 9110, 8.8.3)."""

NOT_WANTED = re.compile(r"q=0(\.0*)?")


def tag_of(query: object, edition: str, state: object) -> str:
    """Names the answer to a query by all that decides on it: settings, stored facts, the query."""
    text = f"{edition} {state} {query!r}"
    return blake2b(text.encode("utf-8", "backslashreplace"), digest_size=12).hexdigest()


def is_known(req: Request, resp: falcon.Response, tag: str) -> bool:
    """Whether the client has this answer already, packed or not; if so, `resp` says that."""
    resp.cache_control = ["no-cache"]
    resp.append_header("Vary", "Accept-Encoding")
    variants = [tag, tag + PACKED] if takes_gzip(req) else [tag]
    held = [str(each) for each in req.if_none_match or ()]  # weak ones compare alike
    found = tag if "*" in held else next((each for each in variants if each in held), None)
    if found is not None:
        resp.etag = found
        resp.status = falcon.HTTP_304
    return found is not None


def send(req: Request, resp: falcon.Response, body: bytes, tag: str) -> None:
    """Answer with the body, packed if that is worth it and the client takes it."""
    is_packed = len(body) >= PACKED_FROM and takes_gzip(req)
    if is_packed:
        body = gzip.compress(body, compresslevel=5, mtime=0)  # the same bytes each time
        resp.set_header("Content-Encoding", "gzip")
    resp.etag = tag + PACKED if is_packed else tag
    resp.data = body


def takes_gzip(req: Request) -> bool:
    """Whether Accept-Encoding names gzip, or anything, and does not rule it out."""
    weights: dict[str, str] = {}
    for each in (req.get_header("Accept-Encoding") or "").lower().split(","):
        name, _, weight = each.partition(";")
        weights[name.strip()] = weight.strip()
    asked = weights.get("gzip", weights.get("*"))
    return asked is not None and not NOT_WANTED.fullmatch(asked)
