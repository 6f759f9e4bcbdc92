"""Who may write and who may read: bearer tokens and signatures of webhooks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import falcon

from growth.http.bodies import raw_body
from growth.http.context import Request
from growth.http.cors import may_write_from_page
from growth.http.signatures import is_signed, signing_key
from growth.http.tokens import Token, bearer_in, matching

OPEN = ("/healthz",)

SIGNED = ("id", "timestamp", "signature")
SCHEMES = ("webhook", "svix")
"""What the headers of a signature begin with: Svix sends the same ones under its own name."""


class Authentication:
    """Middleware that lets a request pass if its token or signature fits; none set means all may.

    POST needs a write token or a webhook's signature, GET a read token: 401 without one, 403 with
    a token that may only do the other. Checked before the body is parsed. A resource with
    `guards_itself` asks for a secret of its own, and pages of ours may write without any (cors.py).
    `clock` tells seconds.
    """

    def __init__(
        self,
        write_tokens: Sequence[Token],
        read_tokens: Sequence[Token],
        webhook_secrets: Sequence[str],
        clock: Callable[[], int],
    ) -> None:
        self.write_tokens = write_tokens
        self.read_tokens = read_tokens
        self.keys = [signing_key(secret) for secret in webhook_secrets]
        self.clock = clock

    def process_resource(
        self, req: Request, resp: falcon.Response, resource: object, params: object
    ) -> None:
        if getattr(resource, "guards_itself", False):
            return
        if req.path in OPEN:
            given = bearer_in(req.auth)
            fits = given is not None and matching(given, self.read_tokens) is not None
            req.context.is_reader = fits or not self.read_tokens
            return
        if req.method in ("GET", "HEAD"):
            self.require(req, self.read_tokens, self.write_tokens, [])
        else:
            self.require(req, self.write_tokens, self.read_tokens, self.keys)

    def require(
        self, req: Request, tokens: Sequence[Token], others: Sequence[Token], keys: Sequence[bytes]
    ) -> None:
        """Let a request pass by one of the tokens or keys. Raises 403 for one of the others."""
        given = bearer_in(req.auth)
        token = None if given is None else matching(given, [*tokens, *others])
        if token is not None:
            req.context.token_name = token.name
        if not (tokens or keys) or token in tokens or self.is_signed(req, keys):
            return
        if token is not None:
            does = "read" if tokens is self.write_tokens else "write"
            raise falcon.HTTPForbidden(description=f"This token may only {does}.")
        if may_write_from_page(req):
            req.context.is_anonymous = True
            return
        raise falcon.HTTPUnauthorized(
            description="Send a token that fits: Authorization: Bearer <token>."
            + (" Or sign by Standard Webhooks." if keys else ""),
            challenges=["Bearer"],
        )

    def is_signed(self, req: Request, keys: Sequence[bytes]) -> bool:
        """Whether one of the keys signed the request, whose id is noted then."""
        for scheme in SCHEMES if keys else ():
            headers = [req.get_header(f"{scheme}-{name}") or "" for name in SIGNED]
            if all(headers) and is_signed(keys, self.clock(), raw_body(req), *headers):
                req.context.webhook_id = headers[0]
                return True
        return False
