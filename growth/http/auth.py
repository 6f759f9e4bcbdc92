"""Authentication by bearer tokens and by signatures of webhooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import falcon

from growth.http.bodies import raw_body
from growth.http.context import Request
from growth.http.cors import may_write_from_page
from growth.http.signatures import is_signed, signing_key
from growth.http.tokens import Token, bearer_in, matching_token

OPEN = ("/healthz",)

SIGNED = ("id", "timestamp", "signature")
READ, WRITE, ERASE = "read", "write", "erase"
"""The rights that tokens give."""

SCHEMES = ("webhook", "svix")
"""Prefixes of the headers of signed webhooks: that of Standard Webhooks, and that of Svix."""


class Authentication:
    """Middleware that lets a request pass if it has a valid token or signature.

    POST needs a write token or a webhook's signature. GET needs a read token. A resource with a
    `right` needs a token for this right. Without a token the answer is 401. If the token has only
    other rights, the answer is 403. A right is open to all if the settings have no tokens for it
    (and, for writes, no webhook secrets). The check comes before the body is parsed.

    A resource with `guards_itself` checks its own secret, or needs none. Pages whose
    origin is in GROWTH_TRACKER_ORIGINS may write without a token (cors.py). `tokens` are keyed by
    right. `clock` returns seconds.
    """

    def __init__(
        self,
        tokens: Mapping[str, Sequence[Token]],
        webhook_secrets: Sequence[str],
        clock: Callable[[], int],
    ) -> None:
        self.tokens = tokens
        self.keys = [signing_key(secret) for secret in webhook_secrets]
        self.clock = clock

    def process_resource(
        self, req: Request, resp: falcon.Response, resource: object, params: object
    ) -> None:
        if getattr(resource, "guards_itself", False):
            return
        if req.path in OPEN:
            given = bearer_in(req.auth)
            readers = self.tokens[READ]
            fits = given is not None and matching_token(given, readers) is not None
            req.context.is_reader = fits or not readers
            return
        usual = READ if req.method in ("GET", "HEAD") else WRITE
        self.require(req, getattr(resource, "right", usual))

    def require(self, req: Request, right: str) -> None:
        """Require a token or signature for the right. Raises a 401 or a 403."""
        given = bearer_in(req.auth)
        keys = self.keys if right == WRITE else []
        found = {name: matching_token(given or "", tokens) for name, tokens in self.tokens.items()}
        held = {name: token for name, token in found.items() if token is not None}
        for token in held.values():
            req.context.token_name = token.name
        if not (self.tokens[right] or keys) or right in held or self.is_signed(req, keys):
            return
        if held:
            raise falcon.HTTPForbidden(description=f"This token may only {' and '.join(held)}.")
        if right == WRITE and may_write_from_page(req):
            req.context.is_anonymous = True
            return
        raise falcon.HTTPUnauthorized(
            description="Send a valid token: Authorization: Bearer <token>."
            + (" Or sign as Standard Webhooks says." if keys else ""),
            challenges=["Bearer"],
        )

    def is_signed(self, req: Request, keys: Sequence[bytes]) -> bool:
        """Whether one of the keys signed the request. If so, record the webhook's id."""
        for scheme in SCHEMES if keys else ():
            headers = [req.get_header(f"{scheme}-{name}") or "" for name in SIGNED]
            if all(headers) and is_signed(keys, self.clock(), raw_body(req), *headers):
                req.context.webhook_id = headers[0]
                return True
        return False
