"""The dashboard in a real browser shows the endpoint's numbers: its totals, chart and panels."""

from __future__ import annotations

import re

import pytest
from browser.looking import Dashboard, number
from selenium.webdriver import Keys

PANELS = 13


class DescribeTheTotals:
    def it_shows_those_of_the_endpoint(self, page: Dashboard) -> None:
        page.open()
        totals = page.answer(page.asked(by="campaign,source,channel"))["totals"]

        assert page.tile("visits")[0] == f"{totals['visits']:,}"
        assert page.tile("conversions")[0] == f"{totals['conversions']:,.0f}"
        assert page.tile("conversion_rate")[0] == f"{totals['conversion_rate']:.1%}".replace(
            "%", " %"
        )
        for metric, amount in (
            ("revenue", totals["revenue"]["USD"]),
            ("cost", totals["cost"]["USD"]),
            ("cost_per_conversion", totals["ads"]["cost_per_conversion"]["USD"]),
        ):
            assert abs(number(page.tile(metric)[0]) - amount) < (1 if amount >= 1000 else 0.01)
        assert abs(number(page.tile("roi")[0]) - 100 * totals["ads"]["roi"]["USD"]) < 1

    def it_compares_them_with_the_period_before(self, page: Dashboard) -> None:
        page.open()
        now, before = (
            page.answer(each)["totals"]["visits"]
            for each in page.questions()
            if each["by"] == "campaign,source,channel" and each["model"] == "last_click"
            if "conversion_rate" in each["metrics"]
        )

        change = abs(now / before - 1) * 100
        assert abs(number(page.tile("visits")[1].lstrip("▲▼ ")) - change) < 1

    def it_says_them_in_a_sentence(self, page: Dashboard) -> None:
        page.open()
        ads = page.answer(page.asked(by="campaign,source,channel"))["totals"]["ads"]

        assert page.text("h1").startswith("Last 30 days, ads cost $")
        assert f"brought {ads['conversions']:.0f} of" in page.text("h1")
        assert f"Each $1 came back as ${1 + ads['roi']['USD']:.2f}" in page.text("h1")
        assert f"each €1 as €{1 + ads['roi']['EUR']:.2f}" in page.text("h1")

    def it_chooses_what_is_shown_over_time(self, page: Dashboard) -> None:
        page.open()
        page.click("[data-metric=visits]")

        assert page.text("#time h2") == "Visits by day"
        assert ("metric", "visits") in page.params()
        for metric in ("revenue", "cost", "conversion_rate", "cost_per_conversion", "roi"):
            page.click(f"[data-metric={metric}]")
            assert page.find("#time .chart .bar")


class DescribeTheChart:
    def it_shows_each_day_as_the_endpoint_has_it(self, page: Dashboard) -> None:
        page.open()
        question = page.asked(by="day,channel")
        days = page.answer({**question, "by": "day"})["results"]

        shown = self.twin(page)
        assert len(shown) == 30
        assert sum(shown) == sum(each["conversions"] for each in days)
        assert sorted(value for value in shown if value) == sorted(
            each["conversions"] for each in days if each["conversions"]
        )

    @staticmethod
    def twin(page: Dashboard) -> list[float]:
        page.click("#time .twin summary")
        return [number(row[1]) for row in page.rows("time .twin")]

    def it_is_read_by_keyboard(self, page: Dashboard) -> None:
        page.open()
        page.find("#time .chart").send_keys(Keys.HOME)
        first = page.text("#time [aria-live]")
        page.find("#time .chart").send_keys(Keys.ARROW_RIGHT)

        assert re.match(r"\w{3} \d+: \d+", first)
        assert page.text("#time [aria-live]") != first
        assert page.find("#time .tip").is_displayed()
        page.find("#time .chart").send_keys(Keys.ESCAPE)
        assert not page.find("#time .tip").is_displayed()

    def it_opens_a_day(self, page: Dashboard) -> None:
        page.open()
        page.find("#time .chart").send_keys(Keys.HOME)
        page.find("#time .chart").send_keys(Keys.ENTER)
        page.settle()

        params = dict(page.params())
        assert params["from"] == params["to"]
        assert page.text("#time h2") == "Purchases by hour"

    def it_shows_12_months(self, page: Dashboard) -> None:
        page.open(period="12m")

        assert page.text("#time h2") == "Purchases by month"
        assert len(self.twin(page)) == 12


class DescribePanels:
    def it_judges_ads_by_what_they_earned(self, page: Dashboard) -> None:
        page.open(period="90d")
        answer = page.answer(page.asked(by="campaign,source,channel"))
        rows = {row[0]: row for row in page.rows("ads")}
        judged = 0
        for row in answer["results"]:
            if not row["cost"]:
                continue
            [currency] = row["cost"]
            gain = row["revenue"].get(currency, 0) - row["cost"][currency]
            shown = rows[f"{row['campaign']} {row['source']}"][-1]
            if row["conversions"] < 10:
                assert shown == "too few"
            elif row["roi"][currency] is not None:
                judged += 1
                assert shown.startswith("earned" if gain >= 0 else "lost")
                assert abs(number(shown) - abs(gain)) <= 0.51
        assert judged

    def it_has_the_channels_of_the_endpoint(self, page: Dashboard) -> None:
        page.open()
        results = page.answer(
            page.asked(
                by="channel",
                metrics="visits,conversions,conversion_rate,time_to_convert,pages_before",
            )
        )["results"]

        assert [[row[0], number(row[1]), number(row[2])] for row in page.rows("channels")] == [
            [each["channel"], each["visits"], each["conversions"]] for each in results
        ]

    @pytest.mark.parametrize("field", ["source", "campaign", "landing_page", "country"])
    def it_has_its_lists(self, page: Dashboard, field: str) -> None:
        page.open()
        results = page.answer(page.asked(by=field))["results"]

        assert [[row[0], number(row[1])] for row in page.rows(field)] == [
            [each[field] or "(none)", each["visits"]] for each in results
        ]

    def it_tells_paid_from_organic_by_cost(self, page: Dashboard) -> None:
        page.open()
        totals = page.answer(page.asked(by="campaign,source,channel"))["totals"]
        paid, organic = page.rows("paid")

        assert number(paid[2]) == totals["ads"]["conversions"]
        assert number(paid[2]) + number(organic[2]) == totals["conversions"]

    def it_tells_how_many_are_active(self, page: Dashboard) -> None:
        page.open()
        active = page.answer(page.asked(by="day"))["results"][0]["active_visitors"]

        assert [number(each) for each in page.rows("active")[0][1:]] == list(active.values())

    def it_adds_up_what_cohorts_are_worth(self, page: Dashboard) -> None:
        page.open(period="90d")
        answer = page.answer(page.asked(by="channel,cohort_week,week"))
        email = sum(
            row["revenue"].get("USD", 0) for row in answer["results"] if row["channel"] == "Email"
        )
        shown = next(row for row in page.rows("cohorts") if row[0] == "Email")

        assert abs(number(shown[-1]) - email) <= 0.51

    def it_asks_at_most_twice_for_each(self, page: Dashboard) -> None:
        page.open()

        assert len(page.questions()) <= 2 * (PANELS + 1)

    def it_asks_for_costly_ones_when_they_are_scrolled_to(self, page: Dashboard) -> None:
        page.resize(1280, 900)
        page.browser.get(page.url)
        page.wait(lambda: page.rows("channels"))
        before = len(page.questions())
        assert not any(each["by"] == "country" for each in page.questions())
        page.browser.execute_script("document.querySelector('#cohorts').scrollIntoView()")
        page.wait(lambda: any("cohort" in each["by"] for each in page.questions()))

        assert len(page.questions()) > before

    def it_asks_this_service_alone(self, page: Dashboard) -> None:
        page.browser.get_log("browser")
        page.open()

        assert all(each.startswith(page.url + "/") for each in page.requests())
        assert {each.split("/")[3].partition("?")[0] for each in page.requests()} == {
            "assets",
            "attribution",
        }
        assert page.told() == []
