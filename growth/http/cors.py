"""CORS: requests from browsers, sent by pages whose origin is in GROWTH_TRACKER_ORIGINS.

https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import urlsplit

import falcon

from growth.http.context import Request

ANONYMOUS = ("/pageviews", "/events")
"""Paths that pages may write to without a token, because a token in a page would not be secret."""

SEGMENT = "/webhooks/segment"

PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "AnonymousId, Authorization, Content-Type, X-Retry-Count",
    "Access-Control-Max-Age": "86400",
}
"""The headers of the answer to a preflight request.

Segment's and RudderStack's libraries send the number of retries in X-Retry-Count. RudderStack's
libraries also send the id of the visitor in AnonymousId.

https://www.rudderstack.com/docs/api/http-api/
"""

HOST = r"[a-z0-9-]+(\.[a-z0-9-]+)*\.?|\[[0-9a-f:.]+\]"
ORIGIN = re.compile(rf"https?://({HOST})(:\d{{1,5}})?", re.ASCII)


def page_origin(text: str) -> str:
    """Write an origin as browsers send it: in lower case, without a final slash.

    Raises ValueError for an invalid origin.
    """
    origin = text.lower().removesuffix("/")
    if not is_origin(origin):
        raise ValueError(
            "Each origin must be a scheme, a host and, if needed, a port,"
            " such as https://www.example.com."
        )
    return origin


def is_origin(text: str) -> bool:
    """Whether the text is a scheme, a host and, if given, a port from 1 to 65535."""
    try:
        return bool(ORIGIN.fullmatch(text)) and urlsplit(text).port != 0
    except ValueError:  # the port is too large, or the IPv6 address is invalid
        return False


class Cors:
    """Middleware that marks requests from pages of `origins` and adds the CORS headers."""

    def __init__(self, origins: Collection[str]) -> None:
        self.origins = frozenset(origins)

    def process_request(self, req: Request, resp: falcon.Response) -> None:
        if not self.origins or not is_for_pages(req.path):
            return
        resp.append_header("Vary", "Origin")
        origin = req.get_header("Origin")
        if origin not in self.origins:
            return
        req.context.is_from_page = True
        resp.set_header("Access-Control-Allow-Origin", origin)
        if req.method == "OPTIONS":
            resp.status = falcon.HTTP_204
            resp.set_headers(PREFLIGHT)
            resp.complete = True


def is_for_pages(path: str) -> bool:
    return path in ANONYMOUS or path == SEGMENT or path.startswith(f"{SEGMENT}/")


def may_write_from_page(req: Request) -> bool:
    """Whether `Cors` marked the request as sent by a page, and pages may write to its path."""
    return req.context.is_from_page and req.method == "POST" and req.path in ANONYMOUS
