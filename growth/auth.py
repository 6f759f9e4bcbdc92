"""Who may write and who may read: bearer tokens, compared in constant time."""

from __future__ import annotations

import hmac
from collections.abc import Sequence

import falcon

OPEN = ("/healthz",)


class Authentication:
    """Middleware that lets a request pass if its token fits; no tokens set means all may.

    POST needs a write token, GET a read token. Checked before the body is read.
    """

    def __init__(self, write_tokens: Sequence[str], read_tokens: Sequence[str]) -> None:
        self.write_tokens = [token.encode() for token in write_tokens]
        self.read_tokens = [token.encode() for token in read_tokens]

    def process_resource(
        self, req: falcon.Request, resp: falcon.Response, resource: object, params: object
    ) -> None:
        allowed = self.read_tokens if req.method in ("GET", "HEAD") else self.write_tokens
        if not allowed or req.path in OPEN:
            return
        scheme, _, given = (req.auth or "").partition(" ")
        token = given.strip().encode("utf-8", "surrogateescape")
        fits = [hmac.compare_digest(token, each) for each in allowed]
        if scheme.lower() != "bearer" or not any(fits):
            raise falcon.HTTPUnauthorized(
                description="Send a token that fits: Authorization: Bearer <token>.",
                challenges=["Bearer"],
            )
