"""A year of traffic for benchmarks.

The last tenth of the year is put into a database as facts, from which a rebuild derives the rest;
the other tenths are copies of it under other names, each moved back by whole days.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator
from itertools import accumulate, islice
from typing import Any

from growth.attribution.facts import DAY, MINUTE
from growth.database.connecting import connect, migrate
from growth.database.statements import columns_of, database
from growth.database.tables import (
    DERIVED,
    FACTS,
    CountryRollupRecord,
    EventRecord,
    PageviewRecord,
    RollupRecord,
)
from growth.ledger.ledger import Ledger
from growth.maintenance.mending import Mending
from growth.maintenance.rebuild import Rebuild
from growth.maintenance.units import DAYS
from growth.schemas.times import parse_time
from growth.settings import load_settings
from growth.wiring import create_ledger

END = parse_time("2026-01-01T00:00:00Z")
TENTHS, DAYS_2 = 10, 73
"""A tenth of a year is 36.5 days."""

WINDOW = DAYS_2 * DAY // 2
VISITORS = 15_000
"""In a tenth of the year."""

VISITS_EACH = (1, 3)
PAGES_EACH = (1, 2, 3, 4, 6)
"""Each as likely as the others: 2 visits a visitor, of 3.3 pages or so."""

CAMPAIGNS, PAGES = 50, 200
SOURCES = ("google", "facebook", "bing", "tiktok", "newsletter")
COUNTRIES = ("DE", "US", "FR", "GB", "ES", "IT", "NL", "PL", "BR", "JP")

Row = tuple[Any, ...]


def arrival(rng: random.Random, popular: list[float]) -> tuple[str, str | None]:
    """The URL and referrer of a click: a third from campaigns, the popular ones most."""
    page = f"https://shop.example.com/page-{rng.randrange(PAGES)}"
    kind = rng.random()
    if kind < 0.35:
        (number,) = rng.choices(range(CAMPAIGNS), cum_weights=popular)
        medium = "email" if number % 5 == 4 else "cpc"
        tags = f"utm_source={SOURCES[number % 5]}&utm_medium={medium}&utm_campaign=c{number}"
        return f"{page}?{tags}", None
    return page, "https://www.google.com/" if kind < 0.7 else None


def visits(rng: random.Random, visitors: int) -> Iterator[tuple[str, list[list[Row]]]]:
    """Each visitor, in the order of their fingerprints, with the pageviews of each visit."""
    popular = list(accumulate(1 / (rank + 1) for rank in range(CAMPAIGNS)))
    for number in range(visitors):
        fingerprint = f"{number:08x}-visitor"
        began = sorted(END - WINDOW + rng.randrange(WINDOW) for _ in range(rng.choice(VISITS_EACH)))
        country = COUNTRIES[number % len(COUNTRIES)]
        yield fingerprint, [visit(rng, at, popular, fingerprint, country) for at in began]


def visit(
    rng: random.Random, at: int, popular: list[float], fingerprint: str, country: str
) -> list[Row]:
    url, referrer_url = arrival(rng, popular)
    pages = [(url, referrer_url)] + [
        (f"https://shop.example.com/page-{rng.randrange(PAGES)}", "https://shop.example.com/")
        for _ in range(rng.choice(PAGES_EACH) - 1)
    ]
    return [
        (fingerprint, at + place * MINUTE, f"{rng.getrandbits(128):032x}", *page, country)
        for place, page in enumerate(pages)
    ]


def facts(visitors: int) -> Iterator[tuple[list[Row], list[Row]]]:
    """Of each visitor the pageviews, and the signup that two thirds make."""
    rng = random.Random(1)
    for number, (fingerprint, seen) in enumerate(visits(rng, visitors)):
        pages = [page for each in seen for page in each]
        last, digest = pages[-1][1], f"{rng.getrandbits(128):032x}"
        signup = (
            f"v:{fingerprint}",
            last + MINUTE,
            digest,
            "signup",
            fingerprint,
            f"user-{number}",
        )
        yield pages, [(*signup, 999, "EUR")] if number % 3 else []


def build(url: str, visitors: int, tenths: int = TENTHS) -> None:
    """Fill a new database at the URL with the last tenths of the year."""
    settings = load_settings({"DATABASE_URL": url})
    migrate(connect(url, may_make=True))
    database.execute_sql("PRAGMA synchronous = OFF")  # of no use to a benchmark of reads
    found = facts(visitors)
    while chunk := list(islice(found, 10_000)):
        with database.atomic("IMMEDIATE"):
            insert(PageviewRecord, PAGEVIEW, [row for pages, _ in chunk for row in pages])
            insert(EventRecord, EVENT, [row for _, events in chunk for row in events])
    ledger = create_ledger(settings)
    deque(Rebuild(ledger, write=True).run(lambda done: None), maxlen=0)
    for tenth in range(1, tenths):
        with database.atomic("IMMEDIATE"):
            for record in {*FACTS, *DERIVED} - {*SUMS}:
                copy(record, tenth)
    sum_up(ledger)
    database.close()


NAMED = ("fingerprint", "owner", "subject", "user_id")
DIGESTS = ("digest", "conversion", "click")
INSTANTS = ("created_at", "started_at", "last_at", "occurred_at")


def copy(record: Any, tenth: int) -> None:
    """Copy what is original, moved back by tenths of a year, under other names."""
    days = tenth * DAYS_2 // 2
    changed = (
        {name: f"{name} || '~{tenth}'" for name in NAMED}
        | {name: f"'x{tenth}' || substr({name}, 3)" for name in DIGESTS}
        | {name: f"{name} - {days * DAY}" for name in INSTANTS}
        | {"day": f"day - {days}"}
    )
    names = list(columns_of(record))
    original = next((f"{name} NOT LIKE '%~%'" for name in NAMED if name in names), "1")
    database.execute_sql(
        f"INSERT INTO {record.table} ({', '.join(names)})"
        f" SELECT {', '.join(changed.get(name, name) for name in names)}"
        f" FROM {record.table} WHERE {original} ON CONFLICT DO NOTHING"
    )


SUMS = (RollupRecord, CountryRollupRecord)


def sum_up(ledger: Ledger) -> None:
    """Make the sums of every day: copies share the days that they begin and end on."""
    mending, after = Mending(ledger, write=True), ""
    with database.atomic("IMMEDIATE"):
        while days := DAYS.after(after, 100):
            for day in days:
                deque(mending.rollups(day), maxlen=0)
            after = days[-1]


PAGEVIEW = ("fingerprint", "created_at", "digest", "url", "referrer_url", "country")
EVENT = ("subject", "created_at", "digest", "name", "fingerprint", "user_id", "value", "currency")


def insert(record: Any, names: tuple[str, ...], rows: list[Row]) -> None:
    extra = ", is_bot" if record is PageviewRecord else ""
    places = ", ".join("?" * len(names)) + (", 0" if extra else "")
    table = record.table
    sql = f"INSERT INTO {table} ({', '.join(names)}{extra}) VALUES ({places})"
    database.connection().executemany(sql, rows)
