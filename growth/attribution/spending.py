"""Finds the channel, source and campaign that a cost counts under."""

from __future__ import annotations

from growth.attribution.facts import Cost
from growth.attribution.origin import Origin, origin_of_tags
from growth.attribution.proofs import CPC
from growth.attribution.rules import Rules
from growth.attribution.values import names_something


def origin_of_cost(cost: Cost, rules: Rules) -> Origin:
    """The origin of a visit with the cost's names as tags.

    A cost without a medium gets the medium `cpc`.

    as sent                  source    medium  channel      paid
    facebook.com, cpc        facebook  cpc     Paid Social  True
    Google Ads, no medium    google    cpc     Paid Search  True
    partner, "(not set)"     partner   cpc     Paid Other   True
    """
    tags = {
        "utm_source": cost.source,
        "utm_medium": cost.medium if names_something(cost.medium.strip()) else CPC,
        "utm_campaign": cost.campaign,
        "utm_content": cost.content,
    }
    return origin_of_tags(tags, rules)
