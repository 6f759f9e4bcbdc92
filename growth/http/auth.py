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
"""Paths that need no token. If a request may read reports, its answer has more members."""

SIGNED = ("id", "timestamp", "signature")
READ, WRITE, ERASE = "read", "write", "erase"
"""The rights that tokens give."""

SCHEMES = ("webhook", "svix")
"""Prefixes of the headers of signed webhooks: of Standard Webhooks, and of Svix."""


class Authentication:
    """Middleware that lets a request pass if it has a valid token or signature.

    A POST needs a token for writing or a webhook's signature. A GET needs a token for reading. If
    a resource has an attribute `right`, it needs a token for this right. Without a valid token, the
    answer is 401. If the token gives only other rights, the answer is 403. The token is checked
    before the body is parsed.

    If the settings have no tokens for a right, every client has the right. Writing is open to all
    only if the settings have no webhook secrets, either. Pages whose origin is in
    GROWTH_TRACKER_ORIGINS may send pageviews and events without a token (see cors.py).

    Resources whose attribute `guards_itself` is true are not checked here. They check a secret of
    their own, or need none. `tokens` are keyed by right. `clock` returns seconds.
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
        """Raise a 401 or a 403 unless the request has a token or a signature for the right."""
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
            + (" Or sign the request as Standard Webhooks specifies." if keys else ""),
            challenges=["Bearer"],
        )

    def is_signed(self, req: Request, keys: Sequence[bytes]) -> bool:
        """Whether the request is signed with one of the keys. If so, keep its webhook-id."""
        for scheme in SCHEMES if keys else ():
            headers = [req.get_header(f"{scheme}-{name}") or "" for name in SIGNED]
            if all(headers) and is_signed(keys, self.clock(), raw_body(req), *headers):
                req.context.webhook_id = headers[0]
                return True
        return False
