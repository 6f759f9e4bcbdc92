"""The dashboard in a real browser: its numbers are the endpoint's, and its state is the URL's."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from browser.conftest import launched
from browser.looking import PHONE, Dashboard
from live import serving
from selenium.webdriver import Keys

PANELS = 13
MINUS, NOTHING = "\u2212", "\u2013"
SEED = ("--visitors", "1500", "--days", "70")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """The page of a service with demo traffic up to now, in a browser of its own."""
    folder = tmp_path_factory.mktemp("dashboard")
    with serving(folder) as server:
        assert server.growth("seed", *SEED).returncode == 0
        browser = launched(folder / "profile")
        try:
            yield Dashboard(browser, server.url)
        finally:
            browser.quit()


def number(text: str) -> float:
    """The number in a text as the page writes it."""
    found = re.search(rf"[{MINUS}-]?[$€]?[\d,.]+", text)
    assert found, text
    return float(re.sub(r"[$€,]", "", found[0]).replace(MINUS, "-"))


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


class DescribeFilters:
    def it_filters_by_a_click_and_stops_by_another(self, page: Dashboard) -> None:
        page.open()
        page.click("#channels [data-key='Paid Search'] button")

        assert ("channel", "Paid Search") in page.params()
        question = page.asked(by="campaign,source,channel", channel="Paid Search")
        assert page.tile("visits")[0] == f"{page.answer(question)['totals']['visits']:,}"
        assert page.line(".chip").startswith("channel is Paid Search")
        page.click("#channels [data-key='Paid Search'] button")
        assert ("channel", "Paid Search") not in page.params()

    def it_is_removed_where_it_was_set(self, page: Dashboard) -> None:
        page.open(country="DE")
        page.click(".chip [aria-label='Remove the filter country is DE']")

        assert page.params() == []

    def it_can_leave_out(self, page: Dashboard) -> None:
        page.open(channel="Direct")
        page.click(".chip [title='Keep or leave out']")

        assert page.params() == [("channel!", "Direct")]
        assert page.line(".chip").startswith("channel is not Direct")
        assert "Direct" not in [row[0] for row in page.rows("channels")]

    def it_may_be_typed(self, page: Dashboard) -> None:
        page.open()
        page.click(".adding summary")
        page.find(".adding input").send_keys("Email", Keys.ENTER)
        page.settle()

        assert page.params() == [("channel", "Email")]

    def it_says_that_nothing_fits(self, page: Dashboard) -> None:
        page.open(campaign="never")
        assert page.text("h1") == "Nothing fits these filters in this period"
        page.click("main button")

        assert page.params() == []
        assert page.shows("Ads: was it worth it?")


class DescribeTheUrl:
    def it_is_the_view(self, page: Dashboard) -> None:
        page.open()
        page.choose("Period", "Last 7 days")
        page.choose("Customer is", "a signup")
        page.choose("Credit", "Linear")
        page.choose("Compared with", "nothing")
        page.choose("Days are those of", "Europe/Berlin")
        shared, seen = page.browser.current_url, page.text("h1")
        page.open()
        page.browser.get(shared)
        page.settle()

        assert page.text("h1") == seen
        assert page.asked(by="campaign,source,channel", timezone="Europe/Berlin", model="linear")
        assert dict(page.params()) == {
            "period": "7d",
            "event": "signup",
            "model": "linear",
            "compare": "none",
            "timezone": "Europe/Berlin",
        }

    def it_goes_back(self, page: Dashboard) -> None:
        page.open()
        seen = page.text("h1")
        page.choose("Period", "Last 7 days")
        assert page.text("h1") != seen
        page.browser.back()
        page.wait(lambda: page.text("h1") == seen)

    def it_takes_a_period_of_its_own(self, page: Dashboard) -> None:
        page.open(**{"from": "2026-01-01", "to": "2026-01-02"})

        assert page.text("h1") == "Nothing happened in this period"

    def it_takes_what_makes_no_sense_for_the_usual(self, page: Dashboard) -> None:
        page.open()
        seen = page.text("h1")
        page.open(
            timezone="Mars/Olympus",
            metric="x",
            period="own",
            compare="x",
            model="x",
            to="2026-99-99",
        )

        assert page.text("h1") == seen

    def it_says_why_it_cannot_show_an_event(self, page: Dashboard) -> None:
        page.open(event="click")

        assert page.text("h1") == "This cannot be shown"
        assert "'click' is not a conversion" in page.text("main")

    def it_shows_the_costs_of_an_event_without_revenue(self, page: Dashboard) -> None:
        page.open(event="signup", period="90d")

        assert page.text("#ads h2") == "Ads: what a signup cost"
        assert page.text("h1").startswith("Last 90 days, ads cost $")
        assert page.tile("roi")[0] == NOTHING
        results = page.answer(page.asked(by="campaign,source,channel"))["results"]
        shown = {row[0]: row[-1] for row in page.rows("ads")}
        for row in results:
            if row["cost"] and row["conversions"] >= 10:
                [each] = row["cost_per_conversion"].values()
                assert abs(number(shown[f"{row['campaign']} {row['source']}"]) - each) < 0.01
        assert not any(text.startswith(("lost", "earned")) for text in shown.values())


class DescribeThePerson:
    def it_is_a_click_away(self, page: Dashboard) -> None:
        page.open(period="7d")
        link = page.find("#latest a")
        user = link.get_attribute("title")
        page.click("#latest a")
        [person] = page.answer({"user_id": str(user)})["results"]

        assert f"{person['visits']} visit" in page.text("h1")
        assert f"{person['pageviews']} page" in page.text("h1")
        steps = page.browser.execute_script(
            "return document.querySelectorAll('.free, .paid').length"
        )
        assert steps == person["visits"]
        won = page.browser.execute_script("return document.querySelectorAll('.won').length")
        assert won == len(person["conversions"])
        page.click("main p a")
        assert page.params() == [("period", "7d")]

    def it_shows_the_pages_of_a_visit(self, page: Dashboard) -> None:
        page.open()
        page.click("#latest a")
        page.find(".journey summary").click()
        page.wait(lambda: page.find(".journey .pages li"))

        assert "/" in page.text(".journey .pages li")

    def it_is_found_by_id(self, page: Dashboard) -> None:
        page.open()
        page.find("#who").send_keys("nobody-of-that-name", Keys.ENTER)
        page.settle()

        assert page.params() == [("user_id", "nobody-of-that-name")]
        assert page.shows("Nobody is known by that id")


class DescribeAPhone:
    def it_folds_panels_and_fits(self, page: Dashboard) -> None:
        page.open(size=PHONE)

        width = page.browser.execute_script("return document.documentElement.scrollWidth")
        assert width == PHONE[0]
        assert page.find("#ads").get_attribute("open")
        assert not page.find("#channels").get_attribute("open")
        page.click("#channels summary")
        assert page.find("#channels table").is_displayed()


class DescribeAxe:
    VIEWS = {  # noqa: RUF012
        "full": {},
        "filtered": {"channel": "Paid Search", "country!": "US"},
        "months": {"period": "12m"},
        "signups": {"event": "signup"},
        "nothing": {"campaign": "never"},
        "nobody": {"user_id": "nobody"},
        "nothing then": {"from": "2026-01-01", "to": "2026-01-02"},
        "failed": {"event": "click"},
    }

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("view", VIEWS)
    def it_finds_nothing(self, page: Dashboard, view: str, scheme: str) -> None:
        page.darken(scheme)
        page.open(**self.VIEWS[view])

        assert page.violations() == []

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def it_finds_nothing_in_a_person(self, page: Dashboard, scheme: str) -> None:
        page.darken(scheme)
        page.open()
        page.click("#latest a")

        assert page.violations() == []

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def it_finds_nothing_on_a_phone(self, page: Dashboard, scheme: str) -> None:
        page.darken(scheme)
        page.open(size=PHONE)

        assert page.violations() == []
