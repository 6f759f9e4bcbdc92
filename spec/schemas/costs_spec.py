"""The fields of a cost, their limits, and how they are converted."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError
from service import NOW, cost, without

from growth.attribution.facts import Cost
from growth.schemas.costs import load_cost

LONG = "x" * 256


def load(item: Any) -> Cost:
    return load_cost(item, NOW)


def refusal(item: Any) -> Any:
    with pytest.raises(ValidationError) as caught:
        load(item)
    return caught.value.messages


class DescribeACost:
    def it_is_in_minor_units_on_a_day(self) -> None:
        assert load(cost(clicks=41, impressions=2_000)) == Cost(
            20_777, "google", "cpc", "spring", "", 1_250, "EUR", 41, 2_000
        )

    def it_needs_a_day_a_source_an_amount_and_a_currency_only(self) -> None:
        item = {"day": "1970-01-02", "source": "tv", "amount": "9.5", "currency": "jpy"}

        assert load(item) == Cost(1, "tv", "cpc", "", "", 10, "JPY")

    def it_has_source_and_medium_in_lower_case_and_the_rest_as_sent(self) -> None:
        told = load(cost(source=" Google", medium="CPC", campaign="Spring", content="A"))

        assert (told.source, told.medium, told.campaign, told.content) == (
            "google", "cpc", "Spring", "A",
        )  # fmt: skip

    def it_takes_null_for_absent_and_ignores_what_it_does_not_know(self) -> None:
        assert load(cost(medium=None, clicks=None, ctr=0.1)) == load(without(cost(), "medium"))

    @pytest.mark.parametrize("medium", [None, "", " "])
    def it_has_the_medium_of_a_bare_ad_click_where_none_is_sent(self, medium: str | None) -> None:
        assert load(cost(medium=medium)).medium == "cpc"

    @pytest.mark.parametrize("day", ["1970-01-02", "1990-01-01", "2027-12-31", "2028-11-22"])
    def it_may_be_of_days_past_and_of_the_next_two_years(self, day: str) -> None:
        assert load(cost(day=day)).day > 0

    def it_may_take_money_back(self) -> None:
        assert load(cost(amount=-1)).amount == -100

    @pytest.mark.parametrize(
        ("field", "value", "message"),
        [
            ("day", "2026-11-31", "Must be a day such as 2023-01-20."),
            ("day", "20261120", "Must be a day such as 2023-01-20."),
            ("day", "2026-11-20T00:00Z", "Must be a day such as 2023-01-20."),
            ("day", 20_777, "Must be a day such as 2023-01-20."),
            ("day", "1970-01-01", "Must not be before 1970-01-02"),
            ("day", "0001-01-01", "Must not be before 1970-01-02"),
            ("day", "1899-12-30", "Must not be before 1970-01-02"),
            ("day", "9999-12-31", "Must not be more than two years in the future."),
            ("day", "2028-11-23", "Must not be more than two years in the future."),
            ("day", "2206-01-01", "Must not be more than two years in the future."),
            ("source", "", "Must be given."),
            ("source", 7, "Must be a string."),
            ("source", LONG, "Must be at most 255 characters long."),
            ("medium", LONG, "Must be at most 255 characters long."),
            ("campaign", LONG, "Must be at most 255 characters long."),
            ("content", LONG, "Must be at most 255 characters long."),
            ("amount", "1,000", "Must be a number or a decimal number in a string."),
            ("amount", 1e12, "Must be between -1000000000000 and 1000000000000."),
            ("currency", "euro", "'euro' is not a currency of ISO 4217; send a code such as EUR."),
            ("clicks", -1, "Must be a whole number from 0 to 1000000000000000."),
            ("clicks", "7", "Must be a whole number from 0 to 1000000000000000."),
            ("clicks", 7.0, "Must be a whole number from 0 to 1000000000000000."),
            ("clicks", True, "Must be a whole number from 0 to 1000000000000000."),
            ("impressions", 10**15 + 1, "Must be a whole number from 0 to 1000000000000000."),
        ],
    )
    def it_is_refused_with_its_field(self, field: str, value: Any, message: str) -> None:
        messages = refusal(cost(**{field: value}))

        assert list(messages) == [field]
        assert message in messages[field][0]

    @pytest.mark.parametrize("name", ["day", "source", "amount", "currency"])
    def it_is_refused_without_a_field_that_it_needs(self, name: str) -> None:
        assert refusal(without(cost(), name)) == {name: ["Must be given."]}

    def it_is_an_object(self) -> None:
        assert refusal(["2026-11-20"]) == {"_schema": ["Must be a JSON object."]}
