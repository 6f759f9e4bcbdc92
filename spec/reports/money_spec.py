"""Costs and returns: currencies, ads, whole days, and sums past 63 bits."""

from __future__ import annotations

from typing import Any

import pytest
from histories import DAYS, did, seen
from service import Service, cost

DAY = "2026-03-02"
BIG = "999999999999"


@pytest.fixture
def spent(service: Service) -> Service:
    """An ad costs 10 USD and brings 100 EUR; a newsletter costs nothing and brings 30 EUR."""
    service.store("/pageviews", seen(0, "ad"), seen(0, "newsletter", fingerprint="laptop"))
    service.store(
        "/events",
        did(60, "purchase", value=100, currency="EUR"),
        did(60, "purchase", value=30, currency="EUR", fingerprint="laptop"),
    )
    service.store("/costs", cost(day=DAY, amount=10, currency="USD"))
    return service


def ask(service: Service, **params: Any) -> dict[str, Any]:
    return service.ask(**{"by": "campaign", "event": "purchase", **params})


def roi(service: Service, **params: Any) -> Any:
    return ask(service, **params)["totals"]["roi"]


class DescribeReturn:
    def it_compares_no_two_currencies(self, spent: Service) -> None:
        answer = ask(spent, campaign="spring")

        [row] = answer["results"]
        assert (row["revenue"], row["cost"]) == ({"EUR": 100.0}, {"USD": 10.0})
        assert row["roi"] == answer["totals"]["roi"] == {"USD": None}

    def it_is_null_for_an_event_that_earns_nothing(self, spent: Service) -> None:
        assert roi(spent, event="signup") == {"USD": None}

    @pytest.mark.parametrize("model", ["last_click", "linear", "acquisition"])
    def it_is_a_loss_where_another_group_earned(self, spent: Service, model: str) -> None:
        spent.store("/events", did(90, "purchase", value=1, currency="USD", fingerprint="laptop"))

        for params in (
            {"campaign": "spring"},
            {"campaign": "spring", "limit": 1},
            {"campaign!": "march"},
            {"day": DAY, "source": "google"},
            {},
        ):
            rows = ask(spent, model=model, sort="-cost", **params)["results"]
            assert rows[0]["roi"] == {"USD": -1.0}, params

    def it_looks_at_the_period_alone(self, spent: Service) -> None:
        later = did(DAYS, "purchase", value=1, currency="USD", fingerprint="laptop")
        spent.store("/events", later)

        assert roi(spent, to="2026-03-03", campaign="spring") == {"USD": None}
        assert roi(spent, to="2026-03-04", campaign="spring") == {"USD": -1.0}

    def it_is_null_once_all_was_refunded(self, service: Service) -> None:
        service.store("/costs", cost(day=DAY, amount=10))
        order = {"order_id": "o", "value": 5, "currency": "EUR"}
        service.store("/events", did(60, "purchase", **order))
        assert roi(service) == {"EUR": -0.5}

        service.store("/events", did(90, "refund", order_id="o"))

        assert roi(service) == {"EUR": None}


class DescribeAds:
    def it_judges_what_was_paid_for_by_what_it_brought(self, spent: Service) -> None:
        spent.store("/costs", cost(day=DAY, campaign="summer", amount=90))

        totals = ask(spent)["totals"]

        assert totals["conversions"] == 2.0
        assert totals["ads"] == {
            "conversions": 1.0,
            "revenue": {"EUR": 100.0},
            "cost": {"EUR": 90.0, "USD": 10.0},
            "cost_per_conversion": {"EUR": None, "USD": 10.0},
            "roi": {"EUR": -1.0, "USD": None},
        }

    def it_takes_for_a_return_only_what_ads_of_that_currency_earned(self, spent: Service) -> None:
        spent.store(
            "/costs",
            cost(
                day=DAY, amount=40, currency="EUR", source="news", medium="email", campaign="march"
            ),
        )

        ads = ask(spent)["totals"]["ads"]

        assert ads["revenue"] == {"EUR": 130.0}
        assert ads["roi"] == {"EUR": -0.25, "USD": None}
        assert ads["cost_per_conversion"] == {"EUR": 40.0, "USD": 10.0}

    def it_is_of_all_pages(self, spent: Service) -> None:
        whole = ask(spent)["totals"]["ads"]

        assert ask(spent, limit=1, sort="campaign")["totals"]["ads"] == whole

    def it_has_the_metrics_that_are_asked_for(self, spent: Service) -> None:
        assert ask(spent, metrics="cost,conversions")["totals"]["ads"] == {
            "conversions": 1.0,
            "cost": {"USD": 10.0},
        }
        assert "ads" not in ask(spent, metrics="conversions")["totals"]

    def it_is_null_where_costs_cannot_be_told(self, spent: Service) -> None:
        assert ask(spent, by="landing_page")["totals"]["ads"] is None


class DescribeSumsPast63Bits:
    def it_adds_up_costs(self, service: Service) -> None:
        costs = [cost(campaign=f"c{n}", amount=BIG, currency="CLF", day=DAY) for n in range(1_000)]
        for start in (0, 500):
            service.store("/costs", *costs[start : start + 500])

        assert ask(service, by="source")["totals"]["cost"] == {"CLF": 999_999_999_999_000.0}

    @pytest.mark.parametrize("model", ["last_click", "acquisition", "linear", "time_decay"])
    def it_adds_up_how_long_customers_took(self, service: Service, model: str) -> None:
        """56 years are 1.8 · 10^15 microseconds. A sum of 6,000 such times exceeds 63 bits."""
        service.store("/pageviews", seen(0, "ad", created_at="1970-01-02T00:00:00Z"))
        service.store("/events", did(0, "signup", created_at="1970-01-02T00:00:01Z"))
        purchases = [did(n / 1_000, "purchase", id=f"p{n}") for n in range(6_000)]
        for start in range(0, 6_000, 500):
            service.store("/events", *purchases[start : start + 500])

        times = ask(service, model=model)["totals"]["time_to_convert"]

        assert times["average"] == (1772352002.9995 if model == "acquisition" else None)
