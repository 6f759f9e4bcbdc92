"""The demo costs are the same every time, and only for paid clicks of the demo traffic."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from service import NOW as RECEIVED_AT

from growth.attribution.origin import origin_of_cost
from growth.rules import load_rules
from growth.schemas.costs import load_cost
from growth.seeds.spending import spending
from growth.seeds.traffic import generate

NOW = datetime(2023, 11, 30, 18, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def facts() -> list[Any]:
    return generate(1_000, 30, 1, NOW)


@pytest.fixture(scope="module")
def costs(facts: list[Any]) -> list[dict[str, Any]]:
    return [body for _, body in spending(facts, 1)]


class DescribeTheSpending:
    def it_is_the_same_for_the_same_facts(self, facts: list[Any]) -> None:
        assert spending(facts, 1) == spending(facts, 1) != spending(facts, 2)

    def it_fits_the_schema_and_has_each_day_and_names_once(
        self, costs: list[dict[str, Any]]
    ) -> None:
        loaded = [load_cost(body, RECEIVED_AT) for body in costs]

        keys = {(each.day, each.source, each.campaign, each.content) for each in loaded}
        assert len(keys) == len(costs) > 100

    def it_is_for_paid_campaigns_only(self, costs: list[dict[str, Any]]) -> None:
        rules = load_rules()
        channels = {origin_of_cost(load_cost(body, RECEIVED_AT), rules).channel for body in costs}

        assert {"Paid Search", "Paid Social", "Display", "Audio"} <= channels
        assert not channels & {"Email", "Direct", "Organic Search", "Mobile Push Notifications"}
        assert len({body["campaign"].lstrip("0123456789_") for body in costs}) == 10

    def it_names_a_campaign_by_the_month_in_which_it_ran(self, costs: list[dict[str, Any]]) -> None:
        months = {
            (body["campaign"][:6], body["day"][:7].replace("-", ""))
            for body in costs
            if body["campaign"][0].isdigit()
        }

        assert months
        assert all(name == day for name, day in months)

    def it_bills_about_the_clicks_that_arrived(
        self, facts: list[Any], costs: list[dict[str, Any]]
    ) -> None:
        billed: Counter[str] = Counter()
        for body in costs:
            billed[body["campaign"]] += body["clicks"]
        for campaign, clicks in billed.items():
            arrived = sum(f"utm_campaign={campaign}" in body.get("url", "") for _, body in facts)
            assert arrived <= clicks <= 1.5 * arrived

    def it_has_an_amount_a_currency_and_more_impressions_than_clicks(
        self, costs: list[dict[str, Any]]
    ) -> None:
        assert {body["currency"] for body in costs} == {"EUR", "USD"}
        assert all(Decimal(body["amount"]) > 0 for body in costs)
        assert all(body["impressions"] > 10 * body["clicks"] > 0 for body in costs)
