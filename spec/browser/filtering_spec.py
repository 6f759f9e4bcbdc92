"""The dashboard in a real browser: filters, its URL, a person, and a phone."""

from __future__ import annotations

import pytest
from browser.looking import PHONE, Dashboard, number
from selenium.webdriver import Keys

NOTHING = "\u2013"


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

        assert page.params() == [("event", "purchase")]

    def it_may_exclude_a_value(self, page: Dashboard) -> None:
        page.open(channel="Direct")
        page.click(".chip [title='Keep or leave out']")

        assert page.params() == [("channel!", "Direct"), ("event", "purchase")]
        assert page.line(".chip").startswith("channel is not Direct")
        assert "Direct" not in [row[0] for row in page.rows("channels")]

    def it_may_be_typed(self, page: Dashboard) -> None:
        page.open()
        page.click(".adding summary")
        page.find(".adding input").send_keys("Email", Keys.ENTER)
        page.settle()

        assert page.params() == [("channel", "Email"), ("event", "purchase")]

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

    def it_replaces_bad_parameters_by_the_defaults(self, page: Dashboard) -> None:
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
        assert page.params() == [("period", "7d"), ("event", "purchase")]

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

        assert page.params() == [("user_id", "nobody-of-that-name"), ("event", "purchase")]
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
