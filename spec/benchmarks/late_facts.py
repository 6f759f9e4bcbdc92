"""Compares the cost of a fact about a visitor with a long history and one with a short history.

Facts about the two visitors take turns. Each is applied by the ledger and committed to disk.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from statistics import median

from measuring import ROUNDS, SCALE, heading, show

from growth.attribution.facts import DAY, MINUTE, Event, Fact, Pageview
from growth.database.connecting import connect, migrate
from growth.ledger.ledger import Ledger
from growth.schemas.times import parse_time
from growth.settings import load_settings
from growth.wiring import create_ledger

START = parse_time("2005-01-01T00:00:00Z")
PAGES_PER_VISIT = 10
VISIT_EVERY = 90 * MINUTE
SHORT, LONG = 10, round(100_000 * SCALE)
EACH = 40
"""The number of facts in a round, for each kind and each history."""

minutes = count()


def history(who: str, pageviews: int) -> Iterator[Fact]:
    """Visits of ten pages. Every third begins with a campaign; every hundredth has a purchase."""
    for number in range(pageviews // PAGES_PER_VISIT):
        began = START + number * VISIT_EVERY
        tags = f"?utm_source=news&utm_campaign=c{number % 7}" if number % 3 == 0 else ""
        for place in range(PAGES_PER_VISIT):
            yield page(who, began + place * MINUTE, "" if place else tags)
        if number % 100 == 0:
            at = began + PAGES_PER_VISIT * MINUTE
            yield Event("purchase", at, f"e-{who}-{at}", fingerprint=who)


def page(who: str, at: int, tags: str = "") -> Pageview:
    return Pageview(who, at, f"{who}-{at}-{tags}", f"https://shop.example.com/{tags}")


def somewhere(pageviews: int, rng: random.Random) -> int:
    """A random instant within the history."""
    visits = pageviews // PAGES_PER_VISIT
    return START + rng.randrange(visits) * VISIT_EVERY + rng.randrange(10 * MINUTE)


def late(who: str, pageviews: int, rng: random.Random) -> Pageview:
    return page(who, somewhere(pageviews, rng))


def late_click(who: str, pageviews: int, rng: random.Random) -> Pageview:
    return page(who, somewhere(pageviews, rng), f"?gclid={rng.random()}")


def newest(who: str, pageviews: int, rng: random.Random) -> Pageview:
    return page(who, START + 30 * 365 * DAY + next(minutes) * MINUTE)


def cost_of(ledger: Ledger, size: int, make: Callable[..., Fact], rng: random.Random) -> float:
    """The milliseconds that it takes to apply a fact."""
    fact = make(f"v{size}", size, rng)
    began = time.perf_counter()
    ledger.apply([fact])
    return (time.perf_counter() - began) * 1_000


def compare(ledger: Ledger, what: str, make: Callable[..., Fact]) -> None:
    """Apply facts to the short and to the long history by turns; print the ratio of their times."""
    rng = random.Random(what)
    taken: dict[int, list[float]] = {SHORT: [], LONG: []}
    for _ in range(ROUNDS * EACH):
        for size, costs in taken.items():
            costs.append(cost_of(ledger, size, make, rng))
    short, long = (median(costs) for costs in taken.values())
    show(what, long / short, "<= 10", f"{long:.2f} ms, {short:.2f} ms")


def main() -> None:
    heading(f"one fact of a visitor with {LONG:,} pageviews, to one with {SHORT}")
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings({"DATABASE_URL": f"sqlite:///{folder}/bench.db"})
        migrate(connect(settings.database_url, may_make=True))
        ledger = create_ledger(settings)
        for size in (SHORT, LONG):
            facts = list(history(f"v{size}", size))
            for start in range(0, len(facts), 500):
                ledger.apply(facts[start : start + 500])
        compare(ledger, "a late pageview", late)
        compare(ledger, "a late click on an ad", late_click)
        compare(ledger, "the newest pageview", newest)


if __name__ == "__main__":
    main()
