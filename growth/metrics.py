"""The counters and histograms of this process, with their names in GET /metrics.

https://prometheus.io/docs/practices/naming/
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable
from functools import cache

from prometheus_client import Counter, Histogram, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]

REQUESTS = Histogram(
    "growth_request_seconds",
    "Time from a request to its answer.",
    ["method", "route", "status"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
UNAVAILABLE = Counter(
    "growth_unavailable", "Answers of 503 because of the database or the recorder.", ["reason"]
)
REJECTED = Counter("growth_rejected_items", "Items refused, by route.", ["route"])
IGNORED = Counter("growth_ignored_fields", "Unknown fields of items, by route.", ["route"])
SKEWED = Counter("growth_skewed_items", "Items whose time was ahead of the clock.")
BOTS = Counter("growth_bots", "Pageviews of known crawlers.")
LOST_REJECTS = Counter("growth_lost_rejects", "Refused items that could not be kept.")

FACTS = Counter("growth_facts", "Facts and rejects, by their outcome.", ["kind", "outcome"])
BATCH = Histogram(
    "growth_batch_facts",
    "Facts and rejects in one transaction.",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000),
)
COMMIT = Histogram(
    "growth_commit_seconds",
    "Time to write one transaction, commit included.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
LATE = Counter("growth_late_pageviews", "Pageviews that arrived after newer ones of the visitor.")
REPLAYS = Counter("growth_replays", "Visitors whose visits were derived anew for late pageviews.")
REVISIONS = Counter("growth_revisions", "Conversions whose credit changed after they were stored.")

requests_of = cache(REQUESTS.labels)
facts_of = cache(FACTS.labels)
"""Returns the counter for a kind and an outcome.

Counters are cached, because prometheus_client takes as long to find a counter as to increase it.
"""


def count_batch(kinds: Iterable[str], outcomes: Iterable[str], seconds: float) -> None:
    """Count a transaction: the kind and outcome of each of its facts, and how long it took."""
    tally = Tally(zip(kinds, outcomes, strict=True))
    for labels, number in tally.items():
        facts_of(*labels).inc(number)
    BATCH.observe(tally.total())
    COMMIT.observe(seconds)
