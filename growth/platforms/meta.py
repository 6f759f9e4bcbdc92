"""Leads of Meta's lead ads, on Facebook and Instagram.

https://developers.facebook.com/docs/graph-api/webhooks/getting-started/webhooks-for-leadgen
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from typing import Any

from marshmallow import ValidationError

from growth.attribution.facts import SECOND
from growth.platforms.leads import Item, fact_of_test, facts_of_lead, read_by
from growth.schemas.fields import Id
from growth.schemas.items import ItemSchema
from growth.schemas.times import format_time

PLATFORM = "meta"
PAGE = "https://www.facebook.com/lead-form"
"""The URL of a lead's click. It is made up, because the form is not on a page of the site."""

TEST_LEAD = "444444444444"
"""The lead id that Meta sends when someone presses the Test button for webhooks."""

AD = {"utm_source": "facebook", "utm_medium": "paid_social"}
ORGANIC = {"utm_source": "facebook", "utm_medium": "social"}


class UnixTime(Id):
    """Whole seconds since 1970, converted to an ISO 8601 time."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, *args, **kwargs)
        try:
            return format_time(int(text) * SECOND)
        except (ValueError, OverflowError) as ex:
            raise ValidationError("Must be whole seconds since 1970.") from ex


class MetaLeadSchema(ItemSchema):
    """The fields that we read of a lead. Meta does not send the answers to the form."""

    leadgen_id = Id(240, required=True)
    created_time = UnixTime(20, load_default=None)
    ad_id = Id(255)
    adgroup_id = Id(255)
    form_id = Id(255)
    page_id = Id(255)


SCHEMA = MetaLeadSchema()


def is_signed_by_meta(secret: str, body: bytes, signature: str | None) -> bool:
    """Whether `signature`, the header X-Hub-Signature-256, was made of `body` with `secret`."""
    due = "sha256=" + hmac.digest(secret.encode(), body, "sha256").hex()
    given = (signature or "").encode("utf-8", "surrogateescape")
    return hmac.compare_digest(given, due.encode())


def messages_of(body: Any) -> Iterator[Any]:
    """The leads in a body, reduced to the fields that we read. Malformed parts stay unchanged."""
    entries = body.get("entry") if isinstance(body, dict) else None
    if not isinstance(entries, list):
        yield body
        return
    for entry in entries:
        changes = entry.get("changes", []) if isinstance(entry, dict) else None
        for change in changes if isinstance(changes, list) else [entry]:
            if not isinstance(change, dict) or "field" not in change:
                yield change
            elif change["field"] == "leadgen":
                yield read_by(SCHEMA, change.get("value"))


def facts_of(message: Any) -> list[Item]:
    """The pageview and the event of a lead, or the event of a test lead.

    A lead without `ad_id` did not come from an ad, so its visit is not paid. Raises ValidationError
    if the message cannot be mapped.
    """
    ids: dict[str, Any] = SCHEMA.load(message)
    lead_id, at, ad_id = ids.pop("leadgen_id"), ids.pop("created_time"), ids.get("ad_id")
    name = f"{PLATFORM}:{lead_id}"
    if lead_id == TEST_LEAD:
        return [fact_of_test(name, at, ids)]
    tags = {**AD, "utm_content": ad_id} if ad_id else ORGANIC
    return facts_of_lead(name, at, PAGE, tags, ids)
