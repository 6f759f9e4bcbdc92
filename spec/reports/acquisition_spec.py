"""model=acquisition: the click that won a customer gets the credit of all purchases."""

from __future__ import annotations

from typing import Any

import pytest
from histories import DAYS, did, seen
from service import Service, problem

from growth.maintenance.retention import purge, retention

MONEY = {"currency": "EUR", "user_id": "ada"}
WON = {"first_click", "last_click", "linear", "position_based", "time_decay", "acquisition"}


@pytest.fixture
def customers(service: Service) -> Service:
    """Ada comes by an ad, signs up, and buys months later, once after a newsletter. A visitor who
    comes by a blog buys at once."""
    service.store(
        "/pageviews",
        seen(0, "ad"),
        seen(150 * DAYS, "newsletter"),
        seen(40 * DAYS, "blog", fingerprint="laptop"),
    )
    service.store(
        "/events",
        did(600, "signup", user_id="ada"),
        did(120 * DAYS, "purchase", value=10, **MONEY),
        did(151 * DAYS, "purchase", value=10, id="late", **MONEY),
        did(40 * DAYS + 60, "purchase", fingerprint="laptop", value=7, currency="EUR"),
    )
    return service


def rows(service: Service, **params: Any) -> dict[Any, Any]:
    by = params.get("by", "source")
    found = service.ask(**{"by": by, "event": "purchase", "model": "acquisition", **params})
    return {row[by]: (row["conversions"], row["revenue"]) for row in found["results"]}


class DescribeAcquisition:
    def it_gives_all_a_person_buys_to_the_click_that_won_them(self, customers: Service) -> None:
        assert rows(customers) == {
            "google": (2.0, {"EUR": 20.0}),
            "blog.example.org": (1.0, {"EUR": 7.0}),
            "newsletter": (0.0, {}),
        }

    @pytest.mark.parametrize("by", ["campaign", "landing_page", "day", "country"])
    def it_adds_up_by_other_dimensions(self, customers: Service, by: str) -> None:
        answer = customers.ask(by=by, event="purchase", model="acquisition")

        assert answer["totals"]["conversions"] == 3.0
        assert answer["totals"]["revenue"] == {"EUR": 27.0}
        assert answer["totals"]["time_to_convert"]["longest"] == 151.0 * DAYS
        assert answer["totals"]["pages_before"] == 1.333333

    def it_adds_its_click_to_the_touches(self, customers: Service) -> None:
        [late] = customers.ask(by="conversion", id="late", include="touches")["results"]

        assert [(each["source"], set(each["credit"])) for each in late["touches"]] == [
            ("google", {"acquisition"}),
            ("newsletter", WON - {"acquisition"}),
        ]

    def it_is_one_touch_where_a_click_earns_under_all_models(self, customers: Service) -> None:
        [person] = customers.ask(user_id="ada", include="touches", event="signup")["results"]

        [touch] = person["conversions"][0]["touches"]
        assert touch["credit"] == dict.fromkeys(WON, 1.0)

    def it_keeps_lists_by_the_click_that_won(self, customers: Service) -> None:
        def found(**params: Any) -> int:
            return len(customers.ask(by="conversion", event="purchase", **params)["results"])

        assert found(model="acquisition", campaign="spring") == 2
        assert found(model="acquisition", source="newsletter") == 0
        assert found(source="newsletter") == 1

    @pytest.mark.parametrize("by", ["source", "source,landing_page"])
    def it_knows_the_click_that_won_after_it_was_purged(self, customers: Service, by: str) -> None:
        kept = retention(150, 1)
        assert kept is not None
        assert purge(customers.ledger, kept, lambda done: None)

        [row, *_] = customers.ask(by=by, event="purchase", model="acquisition")["results"]

        assert (row["source"], row["conversions"]) == ("google", 2.0)
        assert row["time_to_convert"]["average"] == 135.5 * DAYS

    def it_names_users_by_it(self, customers: Service) -> None:
        answer = customers.ask(
            by="source", event="purchase", model="acquisition", include="users", source="google"
        )

        assert answer["results"][0]["users"] == ["ada"]


class DescribeCohorts:
    @pytest.mark.parametrize(
        ("params", "expected"),
        [
            ({"by": "cohort_month"}, {"2026-03": 2.0, "2026-04": 1.0}),
            ({"by": "cohort_week"}, {"2026-W10": 2.0, "2026-W15": 1.0}),
            ({"by": "cohort_month", "source": "google"}, {"2026-03": 2.0}),
            ({"by": "cohort_month", "cohort_month": "2026-04"}, {"2026-04": 1.0}),
            ({"by": "cohort_month", "cohort_month!": "2026-04"}, {"2026-03": 2.0}),
            ({"by": "cohort_month", "start": "2026-07-15"}, {"2026-03": 1.0}),
            ({"by": "source", "cohort_week": "2026-W10"}, {"google": 2.0}),
            ({"by": "landing_page", "cohort_week": "2026-W10"}, {"/spring": 2.0}),
        ],
    )
    def it_is_when_the_first_conversion_was(
        self, customers: Service, params: Any, expected: dict[str, float]
    ) -> None:
        assert {key: number for key, (number, _) in rows(customers, **params).items()} == expected

    def it_is_in_the_time_zone(self, service: Service) -> None:
        service.store("/events", did(30 * DAYS - 8 * 3600 - 1, "purchase"))  # 31 March, 23:59:59

        assert set(rows(service, by="cohort_month")) == {"2026-03"}
        assert set(rows(service, by="cohort_month", timezone="Asia/Tokyo")) == {"2026-04"}

    def it_goes_with_other_dimensions_and_sorts(self, customers: Service) -> None:
        answer = customers.ask(
            by="cohort_month,month", event="purchase", model="acquisition", sort="cohort_month"
        )

        assert [(row["cohort_month"], row["month"]) for row in answer["results"]] == [
            ("2026-03", "2026-06"),
            ("2026-03", "2026-07"),
            ("2026-04", "2026-04"),
        ]

    def it_has_no_visits_and_no_costs(self, customers: Service) -> None:
        answer = customers.ask(by="cohort_month", event="purchase", model="acquisition")

        for row in (answer["totals"], *answer["results"]):
            for name in ("visits", "new_visitors", "pageviews", "conversion_rate", "cost", "roi"):
                assert row[name] is None
        assert answer["totals"]["ads"] is None

    def it_goes_with_the_model_alone(self, service: Service) -> None:
        told = problem(service.get("/attribution", "by=cohort_week"), 400)

        assert told["errors"] == {"by": ["cohort_week needs model=acquisition."]}
