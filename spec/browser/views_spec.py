"""The dashboard without data, without a token or a server, and how it refreshes itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from browser.looking import Dashboard
from live import Server, free_port, post_once, serving
from selenium.webdriver import Chrome, Keys
from service import event, pageview

TOKEN = "a-token-of-16-ch"
HOUR_AGO = (datetime.now(UTC) - timedelta(hours=1)).isoformat()


def visit_and_purchase(server: Server, name: str, value: str = "9.99") -> None:
    """Post a click on an ad, and an event that follows it."""
    at = {"fingerprint": name, "created_at": HOUR_AGO}
    url = "https://www.example.com/?utm_source=google&utm_medium=cpc&utm_campaign=spring"
    post_once(server, "/pageviews", pageview(**at, url=url))
    order = {"name": "purchase", "value": value, "currency": "EUR", "user_id": f"user-{name}"}
    post_once(server, "/events", event(**at, **order))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path, log=tmp_path / "log") as server:
        yield server


class DescribeAnEmptyService:
    def it_says_how_to_begin_and_sees_the_first_visit(
        self, server: Server, browser: Chrome
    ) -> None:
        page = Dashboard(browser, server.url)
        page.open()
        assert page.text("h1") == "No visits yet"
        assert f"curl {server.url}/pageviews" in page.text("main")
        assert page.violations_in_both() == []
        visit_and_purchase(server, "a")

        page.wait(lambda: page.tile("visits")[0] == "1")
        assert page.told() == []

    def it_counts_another_conversion_where_nothing_is_bought(
        self, server: Server, browser: Chrome
    ) -> None:
        post_once(server, "/pageviews", pageview(created_at=HOUR_AGO))
        post_once(server, "/events", event(name="signup", created_at=HOUR_AGO))
        page = Dashboard(browser, server.url)
        page.open()

        assert page.text("h1").startswith("Last 30 days: 1 signup and no cost known.")


class DescribeTheChosenEvent:
    def it_stays_if_a_filter_leaves_none(self, server: Server, browser: Chrome) -> None:
        """Without an event in the URL, the page shows purchases, because there is one."""
        visit_and_purchase(server, "a")
        tagged = "https://www.example.com/?utm_source=news&utm_medium=email"
        post_once(server, "/pageviews", pageview(fingerprint="b", url=tagged, created_at=HOUR_AGO))
        signup = event(name="signup", fingerprint="b", created_at=HOUR_AGO)
        post_once(server, "/events", signup)
        page = Dashboard(browser, server.url)
        page.open()
        assert page.text("#time h2") == "Purchases by day"
        page.click("#channels [data-key=Email] button")

        assert page.params() == [("channel", "Email"), ("event", "purchase")]
        assert page.text("#time h2") == "Purchases by day"
        assert page.tile("conversions")[0] == "0"


class DescribeAClosedService:
    def it_asks_for_the_token_once_in_a_session(self, tmp_path: Path, browser: Chrome) -> None:
        with serving(tmp_path, GROWTH_READ_TOKENS=TOKEN) as server:
            visit_and_purchase(server, "a")
            page = Dashboard(browser, server.url)
            page.open()
            assert page.text("h1") == "This service is closed"
            assert page.violations_in_both() == []
            page.find("#token").send_keys("another-token-16", Keys.ENTER)
            page.wait(lambda: page.shows("The service refuses this token."))
            page.find("#token").send_keys(TOKEN, Keys.ENTER)
            page.wait(lambda: page.tile("visits")[0] == "1")

            page.open()
            assert page.tile("visits")[0] == "1"
            assert TOKEN not in "".join([browser.current_url, *page.requests()])
            assert (
                browser.execute_script("return localStorage.length + document.cookie.length") == 0
            )


class DescribeAStoppedService:
    def it_keeps_the_last_numbers_and_goes_on(self, tmp_path: Path, browser: Chrome) -> None:
        port = str(free_port())
        with serving(tmp_path, PORT=port) as server:
            visit_and_purchase(server, "a")
            page = Dashboard(browser, server.url)
            page.open()
        page.choose("Credit", "Linear")

        page.wait(lambda: "these numbers are from" in page.text("#notice"))
        assert page.tile("visits")[0] == "1"
        assert page.find("main").get_attribute("class") == "stale"
        assert page.violations_in_both() == []
        with serving(tmp_path, PORT=port) as server:
            page.wait(lambda: not page.find("#notice").is_displayed())
            page.wait(lambda: page.find("main").get_attribute("class") == "")
            assert page.tile("visits")[0] == "1"


class DescribeLookingAgain:
    def it_shows_a_new_conversion_by_itself(self, server: Server, browser: Chrome) -> None:
        visit_and_purchase(server, "a")
        page = Dashboard(browser, server.url)
        page.open()
        assert "user-b" not in page.text("#latest")
        visit_and_purchase(server, "b")

        page.wait(lambda: "user-b" in page.text("#latest"))

    def it_gets_304_if_nothing_changed(
        self, tmp_path: Path, server: Server, browser: Chrome
    ) -> None:
        visit_and_purchase(server, "a")
        page = Dashboard(browser, server.url)
        page.open()
        log = tmp_path / "log"
        before = len(log.read_bytes())
        page.open()

        lines = [json.loads(line) for line in log.read_bytes()[before:].splitlines()]
        asked = [each for each in lines if each.get("path", "").startswith(("/attr", "/assets"))]
        assert len(asked) > 20
        assert {each["status"] for each in asked} == {304}


class DescribeTheClock:
    def it_is_that_of_the_zone_in_the_url(self, server: Server, browser: Chrome) -> None:
        visit_and_purchase(server, "a")
        page = Dashboard(browser, server.url)
        page.open(timezone="Pacific/Kiritimati", period="today")
        there = browser.execute_script(
            "return new Date().toLocaleDateString('sv', {timeZone: 'Pacific/Kiritimati'})"
        )

        question = page.asked(by="campaign,source,channel", timezone="Pacific/Kiritimati")
        assert question["from"] == there
