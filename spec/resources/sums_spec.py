"""GET /attribution: the groups of all pages together add up to the totals."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_histories import START, deliver, histories
from service import Service, pageview

from growth.attribution.credit import MODEL_NAMES
from growth.query.words import DIMENSIONS, METRICS
from growth.schemas.times import format_time

HOUR = 3_600_000_000
ADDITIVE = ("visits", "new_visitors", "pageviews", "conversions", "from_trial")
ZONES = ["UTC", "Europe/Berlin", "Asia/Kolkata", "America/New_York"]
COSTS = [
    {"day": "2026-03-01", "source": "news", "medium": "email", "amount": 5, "currency": "EUR"},
    {"day": "2026-03-01", "source": "facebook", "medium": "paid", "campaign": "ny",
     "amount": "7.01", "currency": "USD"},
    {"day": "2026-04-02", "source": "facebook", "medium": "paid", "campaign": "ny",
     "content": "a", "amount": "0.99", "currency": "EUR"},
]  # fmt: skip


def money(rows: list[dict[str, Any]], name: str) -> dict[str, float]:
    found = Counter[str]()
    for row in rows:
        found.update(row[name] or {})
    return {code: round(amount, 2) for code, amount in found.items()}


def add_up(service: Service, **params: Any) -> None:
    """Read all pages of a query, and compare the sums of the rows with the totals of each page."""
    params = {"limit": 1_000, **params}
    answer = service.ask(**params)
    rows = list(answer["results"])
    totals = answer["totals"]
    while answer["next"]:
        answer = service.ask(**params, cursor=answer["next"])
        assert answer["totals"] == totals
        rows += answer["results"]
    groups = [tuple(str(row[name]) for name in answer["query"]["by"]) for row in rows]
    assert len(groups) == len(set(groups))
    for name in ADDITIVE:
        assert round(sum(row[name] for row in rows), 5) == round(totals[name], 5), name
    assert money(rows, "revenue") == totals["revenue"]
    if totals["cost"] is not None:
        assert money(rows, "cost") == totals["cost"]
    if totals["conversions"]:
        assert round(sum(row["share"] for row in rows), 3) == 1


class DescribeSums:
    @settings(max_examples=40)
    @given(
        history=histories,
        by=st.lists(st.sampled_from(DIMENSIONS), min_size=1, max_size=4, unique=True),
        model=st.sampled_from(list(MODEL_NAMES)),
        event=st.sampled_from(["signup", "purchase", "trial"]),
        zone=st.sampled_from(ZONES),
        limit=st.sampled_from([1, 2, 1_000]),
        sort=st.sampled_from(METRICS),
        sign=st.sampled_from(["", "-"]),
    )
    def it_equals_the_totals(
        self, service: Service, history: Any, by: list[str], model: str, event: str, zone: str,
        limit: int, sort: str, sign: str,
    ) -> None:  # fmt: skip
        deliver(service, [history])
        service.store("/costs", *COSTS)

        add_up(
            service,
            by=",".join(by),
            model=model,
            event=event,
            timezone=zone,
            limit=limit,
            sort=sign + sort,
        )

    @settings(max_examples=40)
    @given(
        history=histories,
        by=st.sampled_from(["channel", "campaign", "country", "day,source", "week,paid"]),
        model=st.sampled_from(list(MODEL_NAMES)),
        event=st.sampled_from(["signup", "purchase"]),
        hours=st.tuples(st.integers(-30, 200), st.integers(1, 5_000)),
        is_open=st.tuples(st.booleans(), st.booleans()),
    )
    def it_is_the_same_from_rollups_as_from_rows(
        self, service: Service, history: Any, by: str, model: str, event: str,
        hours: tuple[int, int], is_open: tuple[bool, bool],
    ) -> None:  # fmt: skip
        """Rollups have the sums of whole days by campaign. The landing page and parts of days are
        counted from rows."""
        deliver(service, [history])
        start, end = START + hours[0] * HOUR, START + sum(hours) * HOUR
        edges = {"start": format_time(start), "to": format_time(end)}
        asked = {name: at for name, at in edges.items() if not is_open[name == "to"]}

        coarse, fine = (
            service.ask(by=each, model=model, event=event, **asked)["totals"]
            for each in (by, f"{by},landing_page")
        )

        for name in METRICS:
            if name not in ("cost", "cost_per_conversion", "roi"):
                assert coarse[name] == fine[name], name

    @pytest.mark.parametrize("by", DIMENSIONS)
    def it_says_the_same_by_every_dimension(self, story: Service, by: str) -> None:
        story.store("/costs", {"day": "2026-11-03", "source": "x", "amount": 1, "currency": "EUR"})
        add_up(story, by=by)
        add_up(story, by=f"{by},landing_page", limit=2, sort=by)
        assert story.ask(by=by)["totals"]["conversions"] == 3


class DescribeFilters:
    @pytest.mark.parametrize(
        ("params", "visits", "conversions"),
        [
            ({"source": "facebook"}, 2, 1),
            ({"source": ["facebook", "google"]}, 3, 1),
            ({"campaign": ""}, 2, 2),
            ({"campaign": ["", "NY"]}, 4, 3),
            ({"paid": "true"}, 2, 1),
            ({"paid": "false"}, 2, 1),
            ({"paid": ""}, 0, 1),
            ({"channel": "Unattributed"}, 0, 1),
            ({"source": "'; DROP TABLE visits; --"}, 0, 0),
            ({"source": "Google"}, 1, 0),
            ({"channel": "organic search"}, 1, 0),
            ({"country": "us", "host": "WWW.Example.com"}, 1, 0),
            ({"referrer": "www.Google.de"}, 1, 0),
            ({"source!": "facebook"}, 2, 2),
            ({"source!": ["facebook", "direct"]}, 1, 1),
            ({"source!": ""}, 4, 2),
            ({"campaign!": "NY"}, 2, 2),
            ({"campaign!": ["NY", ""]}, 0, 0),
            ({"channel!": "direct", "paid": "false"}, 1, 0),
            ({"paid!": "true"}, 2, 2),
            ({"country!": "DE"}, 2, 2),
            ({"day!": "2026-11-03"}, 2, 2),
            ({"referrer!": "google.de"}, 3, 3),
            ({"landing_page": "/en/meet", "country": "US"}, 1, 0),
            ({"country": ["DE", ""]}, 3, 3),
            ({"referrer": "google.de"}, 1, 0),
            ({"day": "2026-11-03"}, 2, 1),
            ({"day": ["2026-11-03", "2026-11-04"]}, 3, 2),
            ({"week": "2026-W45"}, 3, 3),
            ({"month": "2026-10"}, 0, 0),
            ({"hour": "2026-11-03T12:00:00+02:00"}, 1, 0),
            ({"fingerprint": "a", "by": "source"}, 2, 1),
            ({"user_id": "nobody", "by": "source"}, 0, 0),
        ],
    )
    @pytest.mark.parametrize("by", ["channel", "landing_page", "hour"])
    def it_keeps_what_has_the_values(
        self, story: Service, params: Any, visits: int, conversions: int, by: str
    ) -> None:
        totals = story.ask(**{"by": by, **params})["totals"]

        assert (totals["visits"], totals["conversions"]) == (visits, conversions)

    def it_does_not_execute_sql(self, story: Service) -> None:
        for name in ("source", "user_id", "event", "country"):
            story.ask(by="source", **{name: "x'; DELETE FROM visits; --"}) if name != "event" else 0

        assert story.ask()["totals"]["visits"] == 4


class DescribeUsers:
    def it_has_the_users_whom_each_group_won(self, story: Service) -> None:
        story.store("/pageviews", pageview(fingerprint="a", user_id="u-1"))
        story.store("/pageviews", pageview(fingerprint="c", user_id="u-2"))

        rows = story.ask(by="source", include="users")["results"]

        assert {row["source"]: (row["users"], row["users_total"]) for row in rows} == {
            "facebook": (["u-1"], 1),
            "direct": (["u-2"], 1),
            None: ([], 0),
            "google": ([], 0),
        }

    def it_has_each_user_once(self, story: Service) -> None:
        story.store("/pageviews", pageview(fingerprint="a", user_id="u-1"))

        (row,) = story.ask(by="month", include="users", model="linear")["results"]

        assert (row["users"], row["users_total"]) == (["u-1"], 1)
