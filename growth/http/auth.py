"""Who may write and who may read: tokens and signatures, compared in constant time."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from typing import Any

import falcon

from growth.http.bodies import raw_body
from growth.http.context import Request
from growth.http.cors import may_write_from_page
from growth.http.signatures import is_signed, signing_key

OPEN = ("/healthz",)
SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")


class Authentication:
    """Middleware that lets a request pass if its token or signature fits; none set means all may.

    POST needs a write token or a webhook's signature, GET a read token. Checked before the body
    is parsed. A resource with `guards_itself` asks for a secret of its own, and pages of ours may
    write without any (cors.py). `clock` tells seconds.
    """

    def __init__(
        self,
        write_tokens: Sequence[str],
        read_tokens: Sequence[str],
        webhook_secrets: Sequence[str],
        clock: Callable[[], int],
    ) -> None:
        self.write_tokens = [token.encode() for token in write_tokens]
        self.read_tokens = [token.encode() for token in read_tokens]
        self.keys = [signing_key(secret) for secret in webhook_secrets]
        self.clock = clock

    def process_resource(
        self, req: Request, resp: falcon.Response, resource: object, params: object
    ) -> None:
        if req.path in OPEN or getattr(resource, "guards_itself", False):
            return
        reads = req.method in ("GET", "HEAD")
        tokens = self.read_tokens if reads else self.write_tokens
        keys = [] if reads else self.keys
        if (tokens or keys) and not (bears(req, tokens) or self.is_signed(req, keys)):
            if may_write_from_page(req):
                req.context.is_anonymous = True
                return
            raise falcon.HTTPUnauthorized(
                description="Send a token that fits: Authorization: Bearer <token>."
                + (" Or sign by Standard Webhooks." if keys else ""),
                challenges=["Bearer"],
            )

    def is_signed(self, req: Request, keys: Sequence[bytes]) -> bool:
        headers = [req.get_header(name) or "" for name in SIGNED]
        if not all([keys, *headers]):
            return False
        if fits := is_signed(keys, self.clock(), raw_body(req), *headers):
            req.context.webhook_id = headers[0]
        return fits


def bears(req: Request, tokens: Sequence[bytes]) -> bool:
    """Whether the request has one of the tokens."""
    scheme, _, given = (req.auth or "").partition(" ")
    token = given.strip().encode("utf-8", "surrogateescape")
    fits = [hmac.compare_digest(token, each) for each in tokens]
    return scheme.lower() == "bearer" and any(fits)


def is_one_of(given: Any, secrets: Sequence[str]) -> bool:
    """Whether what was given, whatever it is, is one of the secrets, compared in constant time."""
    if not isinstance(given, str):
        return False
    sent = given.encode("utf-8", "surrogatepass")
    fits = [hmac.compare_digest(sent, each.encode()) for each in secrets]
    return any(fits)
