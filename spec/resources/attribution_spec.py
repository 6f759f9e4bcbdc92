"""GET /attribution by dimensions: what each channel, source, campaign or page brought."""

from collections import Counter
from typing import Any

import pytest
from service import Service

from growth.attribution.credit import MODEL_NAMES
from growth.query.words import DIMENSIONS

COUNTS = ("visits", "new_visitors", "pageviews", "conversions", "from_trial")


def each(answer: dict[str, Any], name: str, *dimensions: str) -> dict[Any, Any]:
    """The values of a metric in an answer. The keys are the values of the dimensions."""
    rows = answer["results"]
    if len(dimensions) == 1:
        return {row[dimensions[0]]: row[name] for row in rows}
    return {tuple(row[dimension] for dimension in dimensions): row[name] for row in rows}


class DescribeAGroup:
    def it_has_every_metric(self, story: Service) -> None:
        assert story.ask()["results"][0] == {
            "channel": "Paid Social",
            "visits": 2,
            "new_visitors": 1,
            "pageviews": 2,
            "conversions": 1.0,
            "share": 0.333333,
            "conversion_rate": 0.5,
            "from_trial": 1.0,
            "time_to_convert": {"average": 3600.0, "fastest": 3600.0, "longest": 3600.0},
            "pages_before": 3.0,
            "pages_after": 0.0,
            "revenue": {"EUR": 9.99},
            "cost": {},
            "cost_per_conversion": {},
            "roi": {},
        }

    def it_has_null_for_a_ratio_with_nothing_below_the_line(self, story: Service) -> None:
        rows = {row["channel"]: row for row in story.ask()["results"]}

        assert rows["Unattributed"]["conversion_rate"] is None
        assert rows["Organic Search"]["conversion_rate"] == 0
        assert rows["Organic Search"]["pages_before"] is None
        assert set(rows["Unattributed"]["time_to_convert"].values()) == {None}

    def it_comes_in_the_order_of_conversions_and_then_visits(self, story: Service) -> None:
        assert list(each(story.ask(), "visits", "channel").items()) == [
            ("Paid Social", 2),
            ("Direct", 1),
            ("Unattributed", 0),
            ("Organic Search", 1),
        ]

    @pytest.mark.parametrize(
        ("dimension", "visits", "conversions"),
        [
            (
                "source",
                {"google": 1, "facebook": 2, "direct": 1, None: 0},
                {"google": 0, "facebook": 1, "direct": 1, None: 1},
            ),
            ("campaign", {"NY": 2, None: 2}, {"NY": 1, None: 2}),
            ("paid", {True: 2, False: 2, None: 0}, {True: 1, False: 1, None: 1}),
            (
                "landing_page",
                {"/en/book": 1, "/en/meet": 2, "/en": 1, None: 0},
                {"/en/book": 0, "/en/meet": 1, "/en": 1, None: 1},
            ),
            ("referrer", {"google.de": 1, None: 3}, {"google.de": 0, None: 3}),
            ("host", {"www.example.com": 4, None: 0}, {"www.example.com": 2, None: 1}),
            ("country", {"DE": 2, "US": 1, None: 1}, {"DE": 1, "US": 0, None: 2}),
            ("term", {None: 4}, {None: 3}),
        ],
    )
    def it_is_each_value_of_a_dimension(
        self, story: Service, dimension: str, visits: Any, conversions: Any
    ) -> None:
        answer = story.ask(by=dimension)

        assert each(answer, "visits", dimension) == visits
        assert each(answer, "conversions", dimension) == conversions

    def it_is_each_combination_of_several_dimensions(self, story: Service) -> None:
        answer = story.ask(by="source,country")

        assert answer["query"]["by"] == ["source", "country"]
        assert each(answer, "visits", "source", "country") == {
            ("google", "DE"): 1,
            ("facebook", "DE"): 1,
            ("facebook", "US"): 1,
            ("direct", None): 1,
            (None, None): 0,
        }

    @pytest.mark.parametrize(
        ("model", "search", "ad"),
        [
            ("first_click", (1, {"EUR": 9.99}), (0, {})),
            ("last_click", (0, {}), (1, {"EUR": 9.99})),
            ("linear", (0.5, {"EUR": 5.0}), (0.5, {"EUR": 4.99})),
            ("position_based", (0.5, {"EUR": 5.0}), (0.5, {"EUR": 4.99})),
        ],
    )
    def it_earns_by_the_model(self, story: Service, model: str, search: Any, ad: Any) -> None:
        rows = {row["channel"]: row for row in story.ask(model=model)["results"]}

        for channel, expected in (("Organic Search", search), ("Paid Social", ad)):
            assert (rows[channel]["conversions"], rows[channel]["revenue"]) == expected

    def it_is_about_the_event_asked_for(self, story: Service) -> None:
        answer = story.ask(event="trial")

        assert answer["totals"]["conversions"] == 1
        assert each(answer, "conversions", "channel")["Organic Search"] == 1
        assert story.ask(event="purchase")["totals"]["conversions"] == 0

    def it_is_none_at_all_when_nothing_happened(self, service: Service) -> None:
        answer = service.ask()

        assert answer["results"] == []
        assert (answer["totals"]["visits"], answer["totals"]["share"]) == (0, None)


class DescribeTotals:
    def it_has_the_same_metrics_of_all(self, story: Service) -> None:
        assert story.ask()["totals"] == {
            "visits": 4,
            "new_visitors": 3,
            "pageviews": 5,
            "conversions": 3.0,
            "unattributed": 1.0,
            "share": 1.0,
            "conversion_rate": 0.75,
            "from_trial": 1.0,
            "time_to_convert": {"average": 1830.0, "fastest": 60.0, "longest": 3600.0},
            "pages_before": 1.333333,
            "pages_after": 0.0,
            "revenue": {"EUR": 9.99, "JPY": 500.0},
            "cost": {},
            "cost_per_conversion": {},
            "roi": {},
            "ads": {
                "conversions": 0.0,
                "revenue": {},
                "cost": {},
                "cost_per_conversion": {},
                "roi": {},
            },
        }

    @pytest.mark.parametrize("model", MODEL_NAMES)
    @pytest.mark.parametrize("by", [*DIMENSIONS, "channel,landing_page,country"])
    def it_equals_the_sums_of_the_groups(self, story: Service, by: str, model: str) -> None:
        answer = story.ask(by=by, model=model)

        for name in COUNTS:
            summed = sum(row[name] for row in answer["results"])
            assert round(summed, 6) == answer["totals"][name]
        revenue = Counter[str]()
        for row in answer["results"]:
            revenue.update(row["revenue"])
        assert {code: round(amount, 2) for code, amount in revenue.items()} == (
            answer["totals"]["revenue"]
        )
