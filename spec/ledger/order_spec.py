"""The truth is a function of the facts: no order, no batching, no repetition moves it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from growth.attribution.credit import MODELS
from growth.database.tables import DERIVED, FACTS
from growth.maintenance.rebuild import Rebuild
from growth.query.words import DIMENSIONS, TIMES
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

moments = st.one_of(
    st.sampled_from([0, 5, 10, 35]),  # minutes: ties
    st.integers(0, 12).map(lambda n: n * 10),  # minutes: ties and gaps around half an hour
    st.integers(0, 5).map(lambda n: n * 40 * 24 * 60),  # days apart: around the lookback window
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
    """Post the batches to an emptied service; a batch may go to both endpoints."""
    for record in (*FACTS, *DERIVED):
        record.delete().execute()
    for batch in batches:
        for path, items in itertools.groupby(batch, key=lambda fact: fact[0]):
            service.store(path, *(body for _, body in items))


def answers(service: Any) -> str:
    """Every answer there is, as bytes would have it, less the two fields that tell of history."""
    asked = [service.ask(by=by) for by in (*DIMENSIONS, "name", "category")]
    asked += [service.ask(by=by, timezone="Asia/Kolkata") for by in TIMES]
    asked += [service.ask(by=by) for by in ("visit", "event", "user", "visit_duration")]
    asked.append(service.ask(by="campaign,country", include="users"))
    asked += [
        service.ask(by=",".join(DIMENSIONS), model=model, event=event)
        for model in MODELS
        for event in ("signup", "purchase")
    ]
    asked += [service.ask(user_id=user, include="touches") for user in USERS]
    asked += [service.ask(fingerprint=each, include="touches") for each in FINGERPRINTS]
    asked += [service.ask(by="conversion", include="touches")]
    return json.dumps([without_history(each) for each in asked])


def without_history(value: Any) -> Any:
    if isinstance(value, dict):
        history = ("revision", "changed_at", "as_of")
        return {k: without_history(v) for k, v in value.items() if k not in history}
    return [without_history(each) for each in value] if isinstance(value, list) else value


def differences(service: Any) -> list[str]:
    return [str(each) for each in Rebuild(service.ledger, write=False).run(lambda done: None)]


def split(history: Sequence[Fact], cuts: Sequence[int]) -> list[list[Fact]]:
    """The history in batches that end at the cuts."""
    edges = [0, *sorted(cut % (len(history) + 1) for cut in cuts), len(history)]
    return [list(history[a:b]) for a, b in itertools.pairwise(edges) if a < b]


MANY = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class DescribeOrder:
    @MANY
    @given(
        history=histories,
        random=st.randoms(use_true_random=False),
        cuts=st.lists(st.integers(0, 14), max_size=6),
    )
    def it_does_not_matter(
        self, service: Any, history: list[Fact], random: Any, cuts: list[int]
    ) -> None:
        deliver(service, [sorted(history, key=lambda fact: fact[1]["created_at"])])
        in_order = answers(service)
        assert differences(service) == []
        shuffled = [*history, *random.sample(history, k=len(history) // 2)]  # some come twice
        random.shuffle(shuffled)
        deliver(service, split(shuffled, cuts))
        assert differences(service) == []
        assert answers(service) == in_order
