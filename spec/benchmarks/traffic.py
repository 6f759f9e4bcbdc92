"""A year of traffic for benchmarks, which the ledger writes to a database.

The year has ten parts of 36.5 days. Each part has its own visitors, and two thirds of them sign up.
The whole year has about 1,000,000 pageviews in 300,000 visits, and 100,000 conversions.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import accumulate

from growth.attribution.facts import DAY, MINUTE, Event, Fact, Pageview
from growth.database.connecting import connect, migrate
from growth.database.statements import database
from growth.schemas.times import parse_time
from growth.settings import load_settings
from growth.wiring import create_ledger

END = parse_time("2026-01-01T00:00:00Z")
TENTHS, WINDOW = 10, 73 * DAY // 2
VISITORS = 15_000
"""The number of visitors in a tenth of the year."""

VISITS_EACH = (1, 3)
PAGES_EACH = (1, 2, 3, 4, 5, 5)
"""Each entry is equally likely. On average a visitor has 2 visits of 3.3 pages."""

CAMPAIGNS, PAGES, BATCH = 50, 200, 2_000
SOURCES = ("google", "facebook", "bing", "tiktok", "newsletter")
COUNTRIES = ("DE", "US", "FR", "GB", "ES", "IT", "NL", "PL", "BR", "JP")
POPULAR = list(accumulate(1 / (rank + 1) for rank in range(CAMPAIGNS)))
SITE = "https://shop.example.com/"


def fill(url: str, visitors: int, tenths: int = TENTHS) -> None:
    """Fill a new database with the last `tenths` of the year, each with that many visitors."""
    migrate(connect(url, may_make=True))
    database.execute_sql("PRAGMA synchronous = OFF")  # filling is not measured
    ledger = create_ledger(load_settings({"DATABASE_URL": url}))
    for tenth in reversed(range(tenths)):
        facts = tenth_of(tenth, visitors)
        for start in range(0, len(facts), BATCH):
            ledger.apply(facts[start : start + BATCH])
    database.end()


def tenth_of(tenth: int, visitors: int) -> list[Fact]:
    """The facts of a tenth of the year in the order of time. Tenth 0 is the latest."""
    rng = random.Random(tenth)
    names = range(tenth * visitors, (tenth + 1) * visitors)
    found = [fact for number in names for fact in facts_of(rng, number, END - tenth * WINDOW)]
    return sorted(found, key=lambda fact: fact.created_at)


def user_of(number: int) -> str | None:
    """The user that a visitor becomes, if any."""
    return f"user-{number}" if number % 3 else None


def facts_of(rng: random.Random, number: int, end: int) -> Iterator[Pageview | Event]:
    """The pageviews of a visitor, and a signup if the visitor becomes a user."""
    who, country = f"{number:08x}-visitor", COUNTRIES[number % len(COUNTRIES)]
    for began in sorted(end - rng.randrange(WINDOW) for _ in range(rng.choice(VISITS_EACH))):
        url, referrer_url = arrival(rng)
        for place in range(rng.choice(PAGES_EACH)):
            at, digest = began + place * MINUTE, f"{rng.getrandbits(128):032x}"
            yield Pageview(who, at, digest, url, referrer_url, country=country)
            url, referrer_url = f"{SITE}page-{rng.randrange(PAGES)}", SITE
    if user_id := user_of(number):
        digest = f"{rng.getrandbits(128):032x}"
        value, currency = 999, "EUR"
        yield Event("signup", at + MINUTE, digest, who, user_id, value=value, currency=currency)


def arrival(rng: random.Random) -> tuple[str, str | None]:
    """The URL and referrer of a click. A third are from campaigns, mostly from popular ones."""
    page, kind = f"{SITE}page-{rng.randrange(PAGES)}", rng.random()
    if kind < 0.35:
        (number,) = rng.choices(range(CAMPAIGNS), cum_weights=POPULAR)
        medium = "email" if number % 5 == 4 else "cpc"
        tags = f"utm_source={SOURCES[number % 5]}&utm_medium={medium}&utm_campaign=c{number}"
        return f"{page}?{tags}", None
    return page, "https://www.google.com/" if kind < 0.7 else None
