"""Messages of Segment's libraries, and functions to post them."""

from __future__ import annotations

import base64
from typing import Any

from falcon import testing
from service import Service

from growth.database.tables import RejectRecord

KEY, OTHER_KEY = "a-write-key", "another-write-key"
PATH = "/webhooks/segment"
BASIC = {"Authorization": "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()}
SECOND = 1_000_000
AT_LAST = "9999-12-31T00:00:00Z"


def message(kind: str, **fields: Any) -> dict[str, Any]:
    """A message as a library sends it, with `fields` added or replaced."""
    return {
        "type": kind,
        "messageId": f"{kind}-1",
        "anonymousId": "anon-1",
        "timestamp": "2026-11-22T11:00:00.000Z",
        "context": {"ip": "8.8.8.8", "locale": "en-US", "library": {"name": "analytics.js"}},
        "integrations": {},
        **fields,
    }


PAGE = message(
    "page",
    properties={"url": "https://shop.example/plans", "referrer": "https://www.google.com/"},
)
TRACK = message("track", event="Signed Up", userId="u-1", properties={"plan": "pro"})


def post(service: Service, *messages: Any, path: str = "/v1/batch", **more: Any) -> testing.Result:
    body = {"batch": list(messages), "sentAt": "2026-11-22T12:00:00Z", **more}
    return service.post(PATH + path, body, headers=BASIC)


def events(service: Service, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = service.ask(by="event", **query)["results"]
    return found


def rejects() -> list[RejectRecord]:
    return list(RejectRecord.select())
