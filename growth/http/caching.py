"""Sends answers with an ETag: compressed if they are large, or as a 304 if the client has them."""

from __future__ import annotations

import gzip
import re
from hashlib import blake2b

import falcon

from growth.http.context import Request

PACKED_FROM = 1_024
"""Answers of at least this many bytes are compressed. Smaller answers fit into one packet."""

PACKED = "-gzip"
"""Suffix of the ETag of a compressed answer. Each encoding needs an ETag of its own.

https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3
"""

NOT_WANTED = re.compile(r"q=0(\.0*)?")


def tag_of(query: object, edition: str, state: object) -> str:
    """The ETag of an answer: a hash of the query, the settings and the state of the database."""
    text = f"{edition} {state} {query!r}"
    return blake2b(text.encode("utf-8", "backslashreplace"), digest_size=12).hexdigest()


def is_known(req: Request, resp: falcon.Response, tag: str) -> bool:
    """Whether the client already has the answer with this ETag. If so, make the response a 304."""
    resp.cache_control = ["no-cache"]
    resp.append_header("Vary", "Accept-Encoding")
    variants = [tag, tag + PACKED] if takes_gzip(req) else [tag]
    held = [str(each) for each in req.if_none_match or ()]  # falcon removes the prefix W/
    found = tag if "*" in held else next((each for each in variants if each in held), None)
    if found is not None:
        resp.etag = found
        resp.status = falcon.HTTP_304
    return found is not None


def send(req: Request, resp: falcon.Response, body: bytes, tag: str) -> None:
    """Answer with the body, compressed if it is large and the client accepts gzip."""
    is_packed = len(body) >= PACKED_FROM and takes_gzip(req)
    if is_packed:
        # By default, gzip writes the current time. Then the same answer would have other bytes.
        body = gzip.compress(body, compresslevel=5, mtime=0)
        resp.set_header("Content-Encoding", "gzip")
    resp.etag = tag + PACKED if is_packed else tag
    resp.data = body


def takes_gzip(req: Request) -> bool:
    """Whether Accept-Encoding has `gzip`, or else `*`, with a weight above 0."""
    weights: dict[str, str] = {}
    for each in (req.get_header("Accept-Encoding") or "").lower().split(","):
        name, _, weight = each.partition(";")
        weights[name.strip()] = weight.strip()
    asked = weights.get("gzip", weights.get("*"))
    return asked is not None and not NOT_WANTED.fullmatch(asked)
