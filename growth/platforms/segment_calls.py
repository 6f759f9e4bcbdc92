"""Reads the bodies of requests from Segment's and RudderStack's libraries.

A body is one message or a batch of messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BATCH = "batch"

CALLS = {
    **{name: name for name in (BATCH, "page", "track", "identify", "alias", "group", "screen")},
    "b": BATCH,
    "p": "page",
    "t": "track",
    "i": "identify",
    "a": "alias",
    "g": "group",
    "s": "screen",
}
"""Maps the last part of a request's path to the type of the message, or to `batch`."""

MESSAGE = (
    "type",
    "messageId",
    "anonymousId",
    "userId",
    "previousId",
    "event",
    "properties",
    "timestamp",
    "originalTimestamp",
    "sentAt",
)
PAGE = ("url", "referrer")
CAMPAIGN = ("source", "medium", "name", "term", "content", "id")
TRAITS = ("lead_id",)
CONSENT = ("categoryPreferences",)


def is_batch(body: Any, call: str | None) -> bool:
    """Whether a body is a batch of messages.

    `call` is what CALLS has for the path of the request. If `call` is None, a body is a batch if it
    has the field `batch`.
    """
    return call == BATCH or (call is None and isinstance(body, dict) and BATCH in body)


def messages_of(body: Any, call: str | None) -> list[Any]:
    """The messages of a body, reduced to the fields that we read."""
    if not is_batch(body, call):
        return [read_message(body, {"type": call} if call else {})]
    batch = body.get(BATCH) if isinstance(body, dict) else None
    if not isinstance(batch, list):
        return [{"type": BATCH}]
    shared = {name: body[name] for name in ("context", "sentAt") if name in body}
    return [read_message(message, shared) for message in batch]


def read_message(message: Any, shared: Mapping[str, Any]) -> Any:
    """The message reduced to the fields that we read, because other fields may be personal.

    `shared` has fields that a batch gives to all its messages.
    """
    if not isinstance(message, dict):
        return message
    message = {**shared, **message}
    context = message.get("context")
    found = chosen(message, MESSAGE)
    if isinstance(context, dict):
        found["context"] = {
            "page": chosen(context.get("page"), PAGE),
            "campaign": chosen(context.get("campaign"), CAMPAIGN),
            **chosen(context, ("userAgent",)),
        }
        if consent := chosen(context.get("consent"), CONSENT):
            found["context"]["consent"] = consent
    within = context.get("traits") if isinstance(context, dict) else None
    if traits := chosen(within, TRAITS) | chosen(message.get("traits"), TRAITS):
        found["traits"] = traits
    return found


def chosen(value: Any, names: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(value, dict):
        return {}
    return {name: value[name] for name in names if value.get(name) is not None}
