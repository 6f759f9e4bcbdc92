"""Where money was spent, in the terms of the visits that it brought."""

from __future__ import annotations

from urllib.parse import urlencode

from growth.attribution.facts import Cost
from growth.attribution.origin import Origin, origin_of
from growth.attribution.rules import Rules

PAGE = "https://site.invalid/"
"""Any page: a tagged visit's channel does not depend on it (RFC 2606 keeps the name free)."""


def origin_of_cost(cost: Cost, rules: Rules) -> Origin:
    """The origin of a visit that is tagged with the names of the cost."""
    names = (
        ("utm_source", cost.source),
        ("utm_medium", cost.medium),
        ("utm_campaign", cost.campaign),
        ("utm_content", cost.content),
    )
    tags = urlencode([(name, value) for name, value in names if value])
    return origin_of(f"{PAGE}?{tags}", None, rules)
