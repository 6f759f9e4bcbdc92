"""Maps messages of Segment's and RudderStack's libraries to facts.

https://segment.com/docs/connections/spec/
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlencode

from marshmallow import ValidationError

from growth.attribution.urls import parameters, split_url
from growth.platforms.leads import Item
from growth.platforms.segment_calls import BATCH
from growth.platforms.segment_times import happened_at
from growth.schemas.ids import is_mistake

ORDER_EVENTS = ("purchase", "refund")
"""If one of these events has no `revenue`, its value is the `total` of the order."""

USER_AGENT_LENGTH = 1_024
BETWEEN_WORDS = re.compile(r"[\s_-]+")


def facts_of(message: Any, received_at: int, consents: Collection[str] = ()) -> list[Item]:
    """The fact of a message, as a list of one item.

    The list is empty if the visitor refused consent, or if growth ignores the type of the message,
    such as `group`. Raises ValidationError if the message cannot be mapped.
    """
    if not isinstance(message, dict):
        raise ValidationError({"_schema": ["Must be a JSON object."]})
    kind = message.get("type")
    if kind == BATCH:
        raise ValidationError({BATCH: ["Must be a list of messages."]})
    if not isinstance(kind, str):
        raise ValidationError({"type": [f"Must be one of: {', '.join(MAPPED)}."]})
    if kind not in MAPPED or lacks_consent(message, consents):
        return []
    name, item = MAPPED[kind](message)
    return [(name, {**item, "id": id_of(message), "created_at": happened_at(message, received_at)})]


def lacks_consent(message: dict[str, Any], consents: Collection[str]) -> bool:
    """Whether a message lists consent categories, but the visitor granted none of `consents`.

    If `consents` is empty, granting any category is enough.
    https://segment.com/docs/privacy/consent-management/
    """
    choices = message.get("context", {}).get("consent", {}).get("categoryPreferences")
    if not isinstance(choices, dict) or not choices:
        return False
    return not any(choices.get(name) is True for name in consents or choices)


def page_call(message: dict[str, Any]) -> Item:
    """A pageview. Servers may send no anonymousId. Then the userId is the fingerprint, too."""
    context = message.get("context", {})
    properties = message.get("properties")
    given = properties if isinstance(properties, dict) else {}
    seen = context.get("page", {})
    user_agent = context.get("userAgent")
    return "pageview", {
        "fingerprint": ident(message, "anonymousId") or ident(message, "userId"),
        "user_id": ident(message, "userId"),
        "url": tagged(given.get("url") or seen.get("url"), context.get("campaign", {})),
        "referrer_url": given.get("referrer") or seen.get("referrer"),
        "user_agent": user_agent[:USER_AGENT_LENGTH] if isinstance(user_agent, str) else None,
    }


def track(message: dict[str, Any]) -> Item:
    """An event under our name for it. The properties of the message become its `data`."""
    properties = message.get("properties") or None
    given = properties if isinstance(properties, dict) else {}
    name = message.get("event")
    if isinstance(name, str):
        name = segment_names()["events"].get(normal(name), name)
    revenue = given.get("revenue")
    if revenue in (None, "") and name in ORDER_EVENTS:
        revenue = given.get("total")
    currency = given.get("currency") or (None if name == "refund" else segment_names()["currency"])
    return "event", {
        **ids(message),
        "name": name,
        "order_id": given.get("order_id"),
        "value": revenue,
        "currency": None if revenue in (None, "") else currency,
        "data": properties,
    }


def identify(message: dict[str, Any]) -> Item:
    """An event `identify` with the ids of the message. Its `data` has the trait `lead_id`, if sent.

    If the message has `anonymousId` and `userId`, the event claims the visitor for the user. If it
    has `userId` and `lead_id`, the event claims the lead for the user.
    """
    return "event", {**ids(message), "name": "identify", "data": message.get("traits")}


def alias(message: dict[str, Any]) -> Item:
    """An event `alias`, which claims a visitor for the user.

    The fingerprint of the visitor is `previousId` or, if this is missing, `anonymousId`.
    """
    before = ident(message, "previousId") or ident(message, "anonymousId")
    return "event", {**ids(message), "name": "alias", "fingerprint": before}


MAPPED: dict[str, Callable[[dict[str, Any]], Item]] = {
    "page": page_call,
    "track": track,
    "identify": identify,
    "alias": alias,
}


def ids(message: dict[str, Any]) -> dict[str, Any]:
    return {"fingerprint": ident(message, "anonymousId"), "user_id": ident(message, "userId")}


def ident(message: dict[str, Any], name: str) -> Any:
    """The id as sent, with a whole number turned into text. None if the message has no id."""
    value = message.get(name)
    if is_mistake(value):
        return None
    return str(value) if type(value) is int else value


def id_of(message: dict[str, Any]) -> Any:
    """The messageId. Without it, a message with a time gets a hash of all fields but `sentAt`."""
    given = ident(message, "messageId")
    if given is not None or not {"timestamp", "originalTimestamp"} & set(message):
        return given
    said = {name: value for name, value in message.items() if name != "sentAt"}
    return blake2b(
        repr(sorted(said.items())).encode("utf-8", "replace"), digest_size=16
    ).hexdigest()


def tagged(url: Any, campaign: dict[str, Any]) -> Any:
    """The URL with a utm parameter for each member of `context.campaign`.

    `name` becomes `utm_campaign`. Other members keep their names: `term` becomes `utm_term`. A URL
    that already has utm parameters stays as it is.
    """
    tags = {
        f"utm_{'campaign' if name == 'name' else name}": value
        for name, value in campaign.items()
        if isinstance(value, str) and value
    }
    if not isinstance(url, str) or not tags or is_tagged(url):
        return url
    before, mark, fragment = url.partition("#")
    joint = "&" if "?" in before else "?"
    return f"{before}{joint}{urlencode(tags, quote_via=quote)}{mark}{fragment}"


def is_tagged(url: str) -> bool:
    return any(name.startswith("utm_") for name, _ in parameters(split_url(url)[3]))


@cache
def segment_names() -> dict[str, Any]:
    """The content of config/segment.toml: `events` and `currency`.

    `events` maps names of events to our names. The keys are as `normal` returns them.
    """
    table = tomllib.loads((files("growth.config") / "segment.toml").read_text("utf-8"))
    events = {
        normal(name): ours for ours, theirs in table["events"].items() for name in (ours, *theirs)
    }
    return {"events": events, "currency": table["revenue"]["currency"]}


def normal(name: str) -> str:
    """The name of an event in lower case, without spaces, `_` or `-`."""
    return BETWEEN_WORDS.sub("", name).lower()
