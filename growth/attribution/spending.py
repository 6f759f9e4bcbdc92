"""Under which names a cost is counted, so that it meets the visits that it brought."""

from __future__ import annotations

from urllib.parse import urlencode

from growth.attribution.facts import Cost
from growth.attribution.origin import Origin, origin_of
from growth.attribution.proofs import CPC
from growth.attribution.rules import Rules
from growth.attribution.values import names_something

PAGE = "https://site.invalid/"
"""Any page: a tagged visit's channel does not depend on it (RFC 2606 keeps the name free)."""


def origin_of_cost(cost: Cost, rules: Rules) -> Origin:
    """Return the origin of a visit that is tagged with a cost's names.

    What is paid for is an ad: without a medium it is `cpc`. A cost is counted under these names:

    as sent                  source    medium  channel      paid
    facebook.com, cpc        facebook  cpc     Paid Social  True
    Google Ads, no medium    google    cpc     Paid Search  True
    partner, "(not set)"     partner   cpc     Paid Other   True
    """
    names = {
        "utm_source": cost.source,
        "utm_medium": cost.medium if names_something(cost.medium.strip()) else CPC,
        "utm_campaign": cost.campaign,
        "utm_content": cost.content,
    }
    return origin_of(f"{PAGE}?{urlencode(names)}", None, rules)
