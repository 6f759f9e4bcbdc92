"""POST /webhooks/segment, and the paths that libraries append to it."""

from __future__ import annotations

import base64
from typing import Any

import falcon

from growth.http.bodies import bounded, read_body
from growth.http.context import Request
from growth.http.errors import invalid, switched_off, told_in_short
from growth.http.strict_json import BadJsonError, parse_leniently
from growth.http.tokens import is_one_of
from growth.platforms import segment
from growth.platforms.leads import Item
from growth.platforms.segment_calls import CALLS, is_batch, messages_of
from growth.resources.platform import Inbox, Platform


class Segment(Platform):
    """Takes messages of Segment's and RudderStack's libraries."""

    def __init__(self, inbox: Inbox, keys: tuple[str, ...], consents: tuple[str, ...] = ()) -> None:
        """`consents` are categories of consent.

        If a message has the visitor's choices about consent, it is stored only if the visitor
        granted one of these categories. If `consents` is empty, any granted category is enough.
        """
        super().__init__(inbox)
        self.keys = keys
        self.consents = consents

    def on_post(self, req: Request, resp: falcon.Response, path: str = "") -> None:
        req.context.error_of = error_of
        if not self.keys:
            raise switched_off("GROWTH_SEGMENT_WRITE_KEYS")
        last = path.rpartition("/")[2]
        if last and last not in CALLS:
            raise falcon.HTTPNotFound
        call = CALLS.get(last)
        body = self.read(req)
        answer = self.take(req, bounded(messages_of(body, call)))
        if answer["rejected"] and not is_batch(body, call):
            raise invalid(answer["rejected"][0]["errors"])
        resp.media = {"success": True}

    def read(self, req: Request) -> Any:
        """Parse the body, and check the write key in the header, the body or the URL."""
        given = key_in_header(req)
        if given is not None:
            self.check(given)
        try:
            body = parse_leniently(read_body(req))
        except BadJsonError as ex:
            if given is not None:
                self.take(req, [ex])
            raise falcon.HTTPBadRequest(description=f"{ex}.") from ex
        if given is None:
            in_body = body.get("writeKey") if isinstance(body, dict) else None
            self.check(in_body or req.params.get("writeKey"))  # sendBeacon cannot set headers
        return body

    def check(self, key: Any) -> None:
        if not is_one_of(key, self.keys):
            raise falcon.HTTPUnauthorized(
                description="The write key is wrong.", challenges=['Basic realm="growth"']
            )

    def messages_of(self, body: Any) -> list[Any]:
        return messages_of(body, None)

    def facts_of(self, message: Any, received_at: int) -> list[Item]:
        return segment.facts_of(message, received_at, self.consents)


def key_in_header(req: Request) -> str | None:
    """The user name of basic authentication, which is the write key.

    None if the request does not use basic authentication. '' if the header cannot be decoded.
    """
    scheme, _, given = (req.auth or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(given.strip(), validate=True).decode().partition(":")[0]
    except ValueError:  # not base64, or not UTF-8
        return ""


def error_of(problem: dict[str, Any]) -> dict[str, Any]:
    """A problem in the format that the libraries expect."""
    code = str(problem["title"]).lower().replace(" ", "_")
    return {"success": False, "code": code, "message": told_in_short(problem)}
