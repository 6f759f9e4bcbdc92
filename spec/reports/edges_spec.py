"""Facts with extreme times and values make no report fail, slow down or use much memory."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from service import NOW, Service

from growth.attribution.credit import MODEL_NAMES
from growth.attribution.facts import DAY, MINUTE, SECOND, Cost, Event, Pageview
from growth.query.words import ALL_DIMENSIONS, ALONE, BY_TIME, COHORTS
from growth.query.zones import FIRST_DAY, LAST_DAY
from growth.schemas.times import FIRST, LAST

EDGES = {
    "the year 1": FIRST,
    "the year 9999": LAST,
    "before 1970": -1,
    "the first day that is taken": DAY,
    "a change of the clock": 1_774_746_000 * SECOND,
    "a minute ago": NOW - MINUTE,
    "five minutes ahead": NOW + 5 * MINUTE,
}
MOST = 10**16
"""The largest value or amount, in minor units."""

ZONES = (
    "UTC",
    "America/New_York",
    "Pacific/Auckland",
    "Asia/Kolkata",
    "Pacific/Apia",
    "Etc/GMT-14",
)


def tell(service: Service) -> None:
    """Store facts with extreme times. Some are refused today, but old databases may have them."""
    facts: list[Any] = []
    for number, (name, at) in enumerate(EDGES.items()):
        page = f"https://shop.example/?utm_source=google&utm_medium=cpc&utm_campaign={number}"
        facts.append(Pageview("everywhere", at, f"{number:032x}", page, None))
        facts.append(Pageview(name, at, f"{number + 100:032x}", page, None, user_id=f"u{number}"))
        for place, event in enumerate(("signup", "purchase", "start")):
            digest, other = (f"{number * 10 + place + start:032x}" for start in (1_000, 2_000))
            worth: dict[str, Any] = {"value": MOST, "currency": "CLF"}
            facts += [
                Event(event, at, digest, "everywhere", **worth),
                Event(event, at, other, name, f"u{number}", **worth),
            ]
    for number, day in enumerate((FIRST_DAY, 0, 1, 20_000, NOW // DAY + 731, LAST_DAY)):
        facts += [Cost(day, "google", "cpc", f"{number}", "", MOST, "CLF", None, None)]
    service.ledger.apply(facts)


@pytest.fixture
def edgy(service: Service) -> Service:
    tell(service)
    return service


def status(service: Service, **params: Any) -> int:
    named = {("from" if name == "start" else name): each for name, each in params.items()}
    result = service.client.simulate_get("/attribution", params=named)
    assert result.status_code in (200, 400), (params, result.text)
    return int(result.status_code)


DIMENSIONS = st.sampled_from([*ALL_DIMENSIONS, *ALONE])
BOUNDS = st.sampled_from(
    ["0001-01-01", "1970-01-02", "2026-03-29", "2026-11-23", "9999-12-31",
     "0001-01-01T00:00:00Z", "2026-11-22T12:04:59.999999Z", "9999-12-31T23:59:59.999999Z"]
)  # fmt: skip


class DescribeFactsAtTheEdges:
    @pytest.mark.parametrize("zone", ZONES)
    @pytest.mark.parametrize("by", ["hour", "day", "week", "month", "day,campaign"])
    def it_reports_them_by_time(self, edgy: Service, by: str, zone: str) -> None:
        answer = edgy.ask(by=by, timezone=zone, event="purchase", limit=1_000)

        assert answer["totals"]["conversions"] == 2.0 * len(EDGES)
        assert answer["totals"]["visits"] == 2 * len(EDGES)
        assert sum(row["conversions"] for row in answer["results"]) == 2.0 * len(EDGES)

    @pytest.mark.parametrize("zone", ZONES)
    @pytest.mark.parametrize("by", ["day", "week", "month"])
    def it_counts_who_was_active(self, edgy: Service, by: str, zone: str) -> None:
        answer = edgy.ask(by=by, timezone=zone, metrics="all", limit=1_000)

        for row in answer["results"]:
            assert row["active_visitors"]["1d"] <= row["active_visitors"]["30d"] <= len(EDGES) + 1

    @pytest.mark.parametrize("model", MODEL_NAMES)
    def it_reports_them_by_every_dimension(self, edgy: Service, model: str) -> None:
        for by in (*ALL_DIMENSIONS, *ALONE):
            if by not in COHORTS or model == "acquisition":
                assert status(edgy, by=by, model=model, event="purchase") == 200

    @pytest.mark.parametrize("by", ["user", "conversion", "visit", "pageview", "event"])
    def it_lists_them_page_by_page(self, edgy: Service, by: str) -> None:
        params: dict[str, Any] = {"by": by, "limit": 3}
        found = 0
        while True:
            answer = edgy.ask(**params)
            found += len(answer["results"])
            if answer["next"] is None:
                break
            params["cursor"] = answer["next"]

        assert found >= len(EDGES)

    @settings(max_examples=150)
    @given(
        by=st.lists(DIMENSIONS, min_size=1, max_size=2, unique=True),
        zone=st.sampled_from(ZONES),
        event=st.sampled_from(["signup", "purchase", "start"]),
        model=st.sampled_from(MODEL_NAMES),
        period=st.fixed_dictionaries({}, optional={"start": BOUNDS, "to": BOUNDS}),
        last=st.sampled_from([None, "1h", "99999h", "1d", "99999d", "99999w"]),
        metrics=st.sampled_from([None, "all", *BY_TIME, "roi", "time_to_convert"]),
        kept=st.fixed_dictionaries(
            {},
            optional={
                "day": st.sampled_from(["0001-01-01", "9999-12-31", "2026-03-29"]),
                "month!": st.sampled_from(["0001-01", "9999-12", "1970-01"]),
                "week": st.sampled_from(["0001-W01", "9999-W52", "2026-W13"]),
                "source": st.sampled_from(["Google", "", "x"]),
                "user_id": st.sampled_from(["u0", "u6"]),
                "include": st.sampled_from(["users", "touches"]),
            },
        ),
    )  # fmt: skip
    def it_never_fails(
        self, service: Service, by: list[str], zone: str, event: str, model: str,
        period: dict[str, str], last: str | None, metrics: str | None, kept: dict[str, str],
    ) -> None:  # fmt: skip
        if not service.facts():
            tell(service)
        optional = {"last": last, "metrics": metrics}
        more = {name: each for name, each in optional.items() if each is not None}

        status(
            service, by=",".join(by), timezone=zone, event=event, model=model, **period, **more,
            **kept,
        )  # fmt: skip

    def it_takes_no_memory_for_days_without_facts(self, edgy: Service) -> None:
        params = {"by": "day", "metrics": "all", "timezone": "America/New_York", "limit": 1_000}
        edgy.ask(**params)
        tracemalloc.start()
        try:
            edgy.ask(**params)
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

        assert most < 10 * 1024**2
