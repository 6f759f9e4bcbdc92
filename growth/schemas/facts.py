"""Checks the items of a request that sends pageviews or events, and makes facts of them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import lru_cache, partial
from hashlib import blake2b
from typing import Any

import orjson
from crawleruseragents import is_crawler
from marshmallow import ValidationError, post_load

from growth.attribution.facts import MINUTE, Deed, Event, Pageview
from growth.schemas.fields import Amount, Country, Currency, Data, Id, Instant, Text
from growth.schemas.items import ItemSchema, Notes
from growth.schemas.money import to_minor
from growth.schemas.urls import Referrer, UrlField

SKEW = 5 * MINUTE
"""If the time of a fact is further in the future than this, its time of arrival replaces it."""


class FactSchema(ItemSchema):
    """The fields that pageviews and events have in common."""

    fingerprint = Id(255)
    user_id = Id(255)
    id = Id(255)
    created_at = Instant()
    timestamp = Instant()
    country = Country()

    def present(self, item: Mapping[str, Any]) -> dict[str, Any]:
        found = super().present(item)
        if "created_at" in found:
            found.pop("timestamp", None)  # `timestamp` is another name for `created_at`
        return found

    def fact(self, content: dict[str, Any], identity: Mapping[str, Any]) -> Deed:
        """Make a fact from valid `content`. `identity` has the id, time and digest of the fact."""
        raise NotImplementedError


class PageviewSchema(FactSchema):
    fingerprint = Id(255, required=True)
    url = UrlField(required=True)
    referrer_url = Referrer()
    user_agent = Text(1_024)

    def fact(self, content: dict[str, Any], identity: Mapping[str, Any]) -> Deed:
        return Pageview(**content, **identity, is_bot=is_bot(content.get("user_agent")))


class EventSchema(FactSchema):
    name = Text(100, required=True)
    order_id = Id(255)
    value = Amount()
    currency = Currency()
    category = Text(100)
    session_id = Id(255)
    data = Data()

    @post_load
    def finish(self, valid: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Complete the fields of an event, and convert `value` to minor units.

        If `fingerprint` and `user_id` are missing, `session_id` becomes the fingerprint. Raises
        ValidationError if `session_id` is missing, too.
        """
        if "fingerprint" not in valid and "user_id" not in valid:
            if "session_id" not in valid:
                raise ValidationError(
                    "Must be given if user_id and session_id are missing.", "fingerprint"
                )
            valid["fingerprint"] = valid["session_id"]
        if "value" in valid:
            valid["value"] = to_minor(valid["value"], valid.get("currency"))
        return valid

    def fact(self, content: dict[str, Any], identity: Mapping[str, Any]) -> Deed:
        return Event(**content, **identity)


def load_fact(
    schema: FactSchema,
    item: Any,
    received_at: int,
    notes: Notes | None = None,
    fallback_id: str | None = None,
) -> Deed:
    """The fact in an item that was received at `received_at`. Raises ValidationError.

    The digest of the fact is a hash of the valid fields as sent. If the item has neither an id nor
    a time, its id is `fallback_id`. If `fallback_id` is None, the digest of such an item is random,
    so sending the item again stores another fact. Ignored fields, skewed clocks and bots are added
    to `notes`.
    """
    notes = notes or Notes()
    notes.ignored |= schema.ignored(item)
    content = schema.load(item)
    if "timestamp" in content:
        content["created_at"] = content.pop("timestamp")
    is_named = "id" in content or "created_at" in content
    digest = digest_of(content) if is_named or fallback_id else secrets.token_hex(16)
    fact_id = content.pop("id", None if is_named else fallback_id)
    created_at = content.pop("created_at", received_at)
    if created_at > received_at + SKEW:
        notes.skewed += 1
        created_at = received_at
        # Each repeat arrives at another time, so only an id shows that it is a repeat.
        fact_id = fact_id or digest
    fact = schema.fact(content, {"created_at": created_at, "fact_id": fact_id, "digest": digest})
    notes.bots += isinstance(fact, Pageview) and fact.is_bot
    return fact


load_pageview = partial(load_fact, PageviewSchema())
load_event = partial(load_fact, EventSchema())


def digest_of(content: Mapping[str, Any]) -> str:
    """A hash of the valid fields of an item, in 32 hex digits."""
    return blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


@lru_cache(maxsize=4_096)
def is_bot(user_agent: str | None) -> bool:
    """Whether the user agent names a known crawler."""
    return user_agent is not None and is_crawler(user_agent)
