"""POST /webhooks/google-ads."""

from __future__ import annotations

from typing import Any

import falcon

from growth.http.bodies import read_body
from growth.http.context import Request
from growth.http.errors import invalid, switched_off, told_in_short
from growth.http.strict_json import BadJsonError, parse
from growth.http.tokens import is_one_of
from growth.platforms import google_ads
from growth.platforms.leads import Item
from growth.resources.platform import Inbox, Platform


class GoogleAds(Platform):
    """Takes leads of Google Ads lead forms."""

    def __init__(self, inbox: Inbox, key: str) -> None:
        super().__init__(inbox)
        self.key = key

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        req.context.error_of = lambda problem: {"message": told_in_short(problem)}
        if not self.key:
            raise switched_off("GROWTH_GOOGLE_ADS_KEY")
        try:
            body = parse(read_body(req))
        except BadJsonError as ex:
            raise falcon.HTTPBadRequest(description=f"{ex}.") from ex
        if not isinstance(body, dict) or not is_one_of(body.get("google_key"), [self.key]):
            raise falcon.HTTPUnauthorized(description="The google_key is wrong.")
        answer = self.take(req, self.messages_of(body))
        if answer["rejected"]:
            raise invalid(answer["rejected"][0]["errors"])
        resp.media = {}

    def messages_of(self, body: Any) -> list[Any]:
        return [google_ads.message_of(body)]

    def facts_of(self, message: Any, received_at: int) -> list[Item]:
        return google_ads.facts_of(message)
