"""Leads of Google Ads lead forms.

https://developers.google.com/google-ads/webhook/docs/implementation
"""

from __future__ import annotations

from typing import Any

from growth.platforms.leads import Item, fact_of_test, facts_of_lead, read_by
from growth.schemas.fields import Flag, Id, Text
from growth.schemas.items import ItemSchema

PLATFORM = "google_ads"
PAGE = "https://ads.google.com/lead-form"
"""The URL of a lead's click. It is made up, because the form is part of the ad."""


class GoogleLeadSchema(ItemSchema):
    """The fields that we read of a lead.

    Answers to the form are personal, and the key is secret, so they are not read.
    """

    lead_id = Id(240, required=True)
    is_test = Flag(load_default=False)
    lead_submit_time = Text(64, load_default=None)
    gcl_id = Id(1_024, load_default=None)
    form_id = Id(255)
    campaign_id = Id(255)
    adgroup_id = Id(255)
    creative_id = Id(255)
    asset_group_id = Id(255)


SCHEMA = GoogleLeadSchema()


def message_of(body: Any) -> Any:
    """The fields of `body` that we read. The answers to the form and the key are not among them."""
    return read_by(SCHEMA, body)


def facts_of(message: Any) -> list[Item]:
    """The pageview and the event of a lead, or the event of a test lead.

    Raises ValidationError if the message cannot be mapped.
    """
    ids: dict[str, Any] = SCHEMA.load(message)
    name = f"{PLATFORM}:{ids.pop('lead_id')}"
    at, is_test, gclid = (ids.pop(key) for key in ("lead_submit_time", "is_test", "gcl_id"))
    if is_test:
        return [fact_of_test(name, at, ids)]
    contents = (ids.get(key) for key in ("creative_id", "adgroup_id", "asset_group_id"))
    tags = {
        "utm_source": "google",
        "utm_medium": "cpc",
        "utm_campaign": ids.get("campaign_id"),
        "utm_content": next((each for each in contents if each), None),
        "gclid": gclid,
    }
    return facts_of_lead(name, at, PAGE, tags, ids)
