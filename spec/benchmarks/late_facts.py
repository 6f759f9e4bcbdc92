"""What one fact costs whose visitor has a long history, beside one whose visitor has a short one.

Prints medians in milliseconds and their ratio, measured in turn in one run, through the ledger with
its commits on disk. Run by `make bench`.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from growth.attribution.facts import DAY, MINUTE, Event, Fact, Pageview
from growth.database.connecting import connect, migrate
from growth.ledger.ledger import Ledger
from growth.schemas.times import parse_time
from growth.settings import load_settings
from growth.wiring import create_ledger

START = parse_time("2024-01-01T00:00:00Z")
PAGES_PER_VISIT = 10
VISIT_EVERY = 90 * MINUTE
ROUNDS = 200
SHORT, LONG = 10, 100_000


def history(fingerprint: str, pageviews: int) -> Iterator[Fact]:
    """Visits of ten pages, every third from an ad, and a purchase in every hundredth."""
    for number in range(pageviews // PAGES_PER_VISIT):
        began = START + number * VISIT_EVERY
        query = f"?utm_source=news&utm_campaign=c{number % 7}" if number % 3 == 0 else ""
        for place in range(PAGES_PER_VISIT):
            yield page(fingerprint, began + place * MINUTE, query if place == 0 else "")
        if number % 100 == 0:
            at = began + PAGES_PER_VISIT * MINUTE
            yield Event("purchase", at, f"e-{fingerprint}-{at}", fingerprint=fingerprint)


def page(fingerprint: str, at: int, query: str = "") -> Pageview:
    return Pageview(fingerprint, at, f"{fingerprint}-{at}", f"https://shop.example.com/{query}")


def late(fingerprint: str, pageviews: int, rng: random.Random) -> Pageview:
    """A page seen somewhere in the history, told only now."""
    visits = pageviews // PAGES_PER_VISIT
    at = START + rng.randrange(visits) * VISIT_EVERY + rng.randrange(10 * MINUTE)
    return replace(page(fingerprint, at), digest=f"late-{fingerprint}-{at}-{rng.random()}")


def late_click(fingerprint: str, pageviews: int, rng: random.Random) -> Pageview:
    """A click on an ad somewhere in the history, told only now."""
    seen = late(fingerprint, pageviews, rng)
    return replace(seen, url=f"{seen.url}?gclid={seen.digest}")


def newest(fingerprint: str, pageviews: int, rng: random.Random) -> Pageview:
    """A page seen after all others."""
    newest.clock += MINUTE  # type: ignore[attr-defined]
    return page(fingerprint, START + 10 * 365 * DAY + newest.clock)  # type: ignore[attr-defined]


newest.clock = 0  # type: ignore[attr-defined]


def milliseconds(ledger: Ledger, fact: Fact) -> float:
    began = time.perf_counter()
    ledger.apply([fact])
    return (time.perf_counter() - began) * 1_000


def compare(ledger: Ledger, name: str, make: Callable[..., Fact]) -> None:
    """Apply facts to the short and the long history in turn, and print what one cost."""
    rng = random.Random(name)
    taken: dict[int, list[float]] = {SHORT: [], LONG: []}
    for _ in range(ROUNDS):
        for size in taken:
            taken[size].append(milliseconds(ledger, make(f"v{size}", size, rng)))
    short, long = (statistics.median(taken[size]) for size in (SHORT, LONG))
    print(f"{name:<24} {short:>10.3f} {long:>10.3f} {long / short:>8.2f}")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings({"DATABASE_URL": f"sqlite:///{folder}/bench.db"})
        migrate(connect(settings.database_url, may_make=True))
        ledger = create_ledger(settings)
        for size in (SHORT, LONG):
            facts = list(history(f"v{size}", size))
            for start in range(0, len(facts), 500):
                ledger.apply(facts[start : start + 500])
        print(f"{'ms, median of ' + str(ROUNDS):<24} {SHORT:>10} {LONG:>10} {'ratio':>8}")
        compare(ledger, "a late pageview", late)
        compare(ledger, "a late click on an ad", late_click)
        compare(ledger, "the newest pageview", newest)


if __name__ == "__main__":
    main()
