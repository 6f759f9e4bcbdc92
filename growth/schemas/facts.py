"""Schemas of what is written, and the facts made of what they let through."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import lru_cache, partial
from hashlib import blake2b
from typing import Any

import orjson
from crawleruseragents import is_crawler
from marshmallow import EXCLUDE, Schema, ValidationError, post_load, pre_load

from growth.attribution.facts import MINUTE, Deed, Event, Pageview
from growth.attribution.identity import MISTAKES
from growth.schemas.fields import URL_LENGTH, Amount, Code, Data, Instant, Text, Url
from growth.schemas.money import to_minor

SKEW = 5 * MINUTE
"""How far ahead of our clock a sender's may be."""

IDS = ("fingerprint", "user_id", "id", "session_id")


class FactSchema(Schema):
    """What pageviews and events have in common. Nulls, empty texts and mistaken ids are absent."""

    class Meta:
        unknown = EXCLUDE

    error_messages = {"type": "Must be a JSON object."}  # noqa: RUF012

    fingerprint = Text(255)
    user_id = Text(255)
    id = Text(255)
    created_at = Instant()
    country = Code("[A-Za-z]{2}", "Must be an ISO 3166 code of two letters.")

    @pre_load
    def leave_out_mistakes(self, item: Any, **kwargs: Any) -> Any:
        return present(item) if isinstance(item, dict) else item

    def fact(self, content: dict[str, Any], identity: Mapping[str, Any]) -> Deed:
        """The fact of validated `content` without id and time, which are in `identity`."""
        raise NotImplementedError


class PageviewSchema(FactSchema):
    fingerprint = Text(255, required=True)
    url = Url(required=True)
    referrer_url = Text(URL_LENGTH)
    user_agent = Text(1_024)

    def fact(self, content: dict[str, Any], identity: Mapping[str, Any]) -> Deed:
        return Pageview(**content, **identity, is_bot=is_bot(content.get("user_agent")))


class EventSchema(FactSchema):
    name = Text(100, required=True, pattern="(?s).+", hint="Must not be empty.")
    value = Amount()
    currency = Code("[A-Za-z]{3}", "Must be an ISO 4217 code of three letters.")
    category = Text(100)
    session_id = Text(255)
    data = Data()

    @post_load
    def finish(self, valid: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Check what follows from more than one field. Raises ValidationError."""
        if "fingerprint" not in valid and "user_id" not in valid:
            raise ValidationError("Needs a fingerprint, a user_id, or both.", "fingerprint")
        if "value" in valid:
            valid["value"] = to_minor(valid["value"], valid.get("currency"))
        return valid

    def fact(self, content: dict[str, Any], identity: Mapping[str, Any]) -> Deed:
        return Event(**content, **identity)


def load_fact(schema: FactSchema, item: Any, received_at: int) -> Deed:
    """The fact of one item, received at that instant. Raises marshmallow's ValidationError.

    A fact is named by the digest of its validated content as sent. Without an id and a time,
    nothing tells a repetition from a second one like it, so that each counts.
    """
    content = schema.load(item)
    is_named = "id" in content or "created_at" in content
    digest = digest_of(content) if is_named else secrets.token_hex(16)
    fact_id = content.pop("id", None)
    created_at = content.pop("created_at", received_at)
    if created_at > received_at + SKEW:
        created_at = received_at
        fact_id = fact_id or digest  # sent again it arrives at another time: only an id tells
    identity = {"created_at": created_at, "fact_id": fact_id, "digest": digest}
    return schema.fact(content, identity)


load_pageview = partial(load_fact, PageviewSchema())
load_event = partial(load_fact, EventSchema())


def digest_of(content: Mapping[str, Any]) -> str:
    """32 hex digits that name validated content."""
    return blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def present(item: Mapping[str, Any]) -> dict[str, Any]:
    """What an item holds that is not absent."""
    return {
        name: value
        for name, value in item.items()
        if value not in (None, "") and not (name in IDS and is_mistake(value))
    }


def is_mistake(value: Any) -> bool:
    """Whether a value is what clients send as an id when they have none; a bare 0 is, too."""
    return type(value) in (str, int) and str(value).strip().lower() in MISTAKES


@lru_cache(maxsize=4_096)
def is_bot(user_agent: str | None) -> bool:
    """Whether the user agent is a known crawler's (rule 11)."""
    return user_agent is not None and is_crawler(user_agent)
