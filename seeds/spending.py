"""Makes demo costs. Ad platforms report such costs for each paid campaign and day."""

import random
import re
from collections import Counter
from urllib.parse import parse_qsl, urlsplit

from growth.seeds.chance import Row, load_cast

NAMES = ("utm_source", "utm_medium", "utm_campaign", "utm_content")

MONTH = re.compile(r"^\d{6}")

Names = tuple[str, ...]


def spending(facts: list[tuple[str, Row]], seed: int) -> list[tuple[str, Row]]:
    """The costs of the paid clicks among the facts, oldest first.

    The same facts and seed give the same costs. Each cost is a pair: the path to post to, and the
    body::

        /costs  {"day": "2023-11-20", "source": "facebook", "medium": "paid_social",
                 "campaign": "202311_DE_Lesezeit", "content": "still-decke",
                 "amount": "6.12", "currency": "EUR", "clicks": 15, "impressions": 1163}
    """
    rng, paid = random.Random(seed), paid_campaigns(load_cast())
    clicks = Counter(
        (body["created_at"][:10], names)
        for path, body in facts
        if path == "/pageviews" and timeless((names := names_in(body["url"]))[2]) in paid
    )
    return [
        ("/costs", bill(rng, day, names, seen, paid[timeless(names[2])]))
        for (day, names), seen in sorted(clicks.items())
    ]


def paid_campaigns(cast: Row) -> Row:
    """The sources that have a price per click, keyed by the names of their campaigns."""
    return {
        campaign: source
        for source in cast["sources"].values()
        for campaign in source.get("params", {}).get("utm_campaign", [])
        if "price" in source
    }


def timeless(campaign: str) -> str:
    """The campaign's name with `{month}` in place of the month, as in campaigns.toml."""
    return MONTH.sub("{month}", campaign)


def names_in(url: str) -> Names:
    """The values of the parameters NAMES in a URL. The value of a missing parameter is ''."""
    tags = dict(parse_qsl(urlsplit(url).query))
    return tuple(tags.get(name, "") for name in NAMES)


def bill(rng: random.Random, day: str, names: Names, seen: int, source: Row) -> Row:
    """The cost that a platform reports for `seen` pageviews.

    The platform counts more clicks than pageviews, because some visitors leave before the page is
    loaded.
    """
    clicks = seen + sum(rng.random() < 0.1 for _ in range(seen))
    return {
        "day": day,
        **{
            name.removeprefix("utm_"): text for name, text in zip(NAMES, names, strict=True) if text
        },
        "amount": f"{clicks * source['price'] * rng.uniform(0.8, 1.2):.2f}",
        "currency": source["currency"],
        "clicks": clicks,
        "impressions": round(clicks * rng.uniform(40, 120)),
    }
