"""GET and POST /webhooks/meta."""

from __future__ import annotations

from typing import Any

import falcon

from growth.http.bodies import raw_body, read_body
from growth.http.context import Request
from growth.http.errors import switched_off
from growth.http.strict_json import BadJsonError, parse
from growth.http.tokens import is_one_of
from growth.platforms import meta
from growth.platforms.leads import Item
from growth.resources.platform import Inbox, Platform


class Meta(Platform):
    """Takes leads of Meta's lead ads, and confirms the URL to Meta."""

    def __init__(self, inbox: Inbox, app_secret: str, verify_token: str) -> None:
        super().__init__(inbox)
        self.app_secret = app_secret
        self.verify_token = verify_token

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        if not self.verify_token:
            raise switched_off("GROWTH_META_VERIFY_TOKEN")
        if not is_one_of(req.params.get("hub.verify_token"), [self.verify_token]):
            raise falcon.HTTPForbidden(description="The hub.verify_token is wrong.")
        resp.content_type = falcon.MEDIA_TEXT
        resp.set_header("X-Content-Type-Options", "nosniff")
        resp.text = str(req.params.get("hub.challenge", ""))

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        """Answer 200 to all input with a valid signature.

        After an error, Meta would send the input again for days.
        """
        if not self.app_secret:
            raise switched_off("GROWTH_META_APP_SECRET")
        signature = req.get_header("X-Hub-Signature-256")
        if not meta.is_signed_by_meta(self.app_secret, raw_body(req), signature):
            raise falcon.HTTPUnauthorized(description="The X-Hub-Signature-256 is wrong.")
        try:
            self.take(req, self.messages_of(parse(read_body(req))))
        except BadJsonError as ex:
            self.take(req, [ex])
        resp.media = {}

    def messages_of(self, body: Any) -> list[Any]:
        return list(meta.messages_of(body))

    def facts_of(self, message: Any, received_at: int) -> list[Item]:
        return meta.facts_of(message)
