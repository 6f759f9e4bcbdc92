"""Strategies for random histories of three visitors and three users, and functions to post them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from databases import clear
from hypothesis import strategies as st

from growth.schemas.times import format_time, parse_time

START = parse_time("2026-03-01T08:00:00Z")
MINUTE = 60 * 1_000_000

ARRIVALS = [
    ("https://shop.example.com/", None),
    ("https://shop.example.com/pricing", "https://shop.example.com/"),
    ("https://shop.example.com/pricing", "https://www.google.com/"),
    ("https://shop.example.com/", "https://blog.example.org/review"),
    ("https://shop.example.com/?gclid=one", "https://www.google.com/"),
    ("https://shop.example.com/?gclid=two", "https://www.google.com/"),
    ("https://shop.example.com/spring?utm_source=news&utm_medium=email&utm_campaign=spring", None),
    ("https://shop.example.com/?utm_source=facebook&utm_medium=paid&utm_campaign=ny", None),
    ("https://shop.example.com/thanks", "https://checkout.stripe.com/pay"),
]
FINGERPRINTS = ["phone", "laptop", "kiosk"]
USERS = ["ada", "bob", "cy"]
EVENTS = ["signup", "signup", "trial", "purchase", "unsubscribe", "lead", "click"]

Fact = tuple[str, dict[str, Any]]
"""The path and the body of the request that posts a fact."""

moments = st.one_of(
    st.sampled_from([0, 5, 10, 35]),  # minutes: ties
    st.integers(0, 12).map(lambda n: n * 10),  # in minutes, with ties and gaps near half an hour
    st.integers(0, 5).map(lambda n: n * 40 * 24 * 60),  # in minutes, 40 days apart
    st.integers(0, 200),
)


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    fingerprint = draw(st.sampled_from(FINGERPRINTS))
    user_id = draw(st.sampled_from([None, None, *USERS]))
    created_at = format_time(START + draw(moments) * MINUTE)
    if draw(st.booleans()):
        url, referrer_url = draw(st.sampled_from(ARRIVALS))
        body = {"url": url, "referrer_url": referrer_url, "country": draw(countries)}
        return "/pageviews", {
            **body,
            "fingerprint": fingerprint,
            "user_id": user_id,
            "created_at": created_at,
        }
    if user_id and draw(st.booleans()):
        fingerprint = None
    value = draw(st.sampled_from([None, "9.99", "10", "0.01"]))
    return "/events", {
        "name": draw(st.sampled_from(EVENTS)),
        "fingerprint": fingerprint,
        "user_id": user_id,
        "value": value,
        "currency": value and draw(st.sampled_from(["EUR", "USD"])),
        "created_at": created_at,
    }


countries = st.sampled_from([None, "DE", "US"])
histories = st.lists(facts(), min_size=1, max_size=14)


def deliver(service: Any, batches: Sequence[Sequence[Fact]]) -> None:
    """Delete all facts of the service, then post the batches. A batch may go to both endpoints."""
    clear()
    for batch in batches:
        for path, items in itertools.groupby(batch, key=lambda fact: fact[0]):
            service.store(path, *(body for _, body in items))


def split(history: Sequence[Fact], cuts: Sequence[int]) -> list[list[Fact]]:
    """The history split into batches at the cuts."""
    edges = [0, *sorted(cut % (len(history) + 1) for cut in cuts), len(history)]
    return [list(history[a:b]) for a, b in itertools.pairwise(edges) if a < b]
