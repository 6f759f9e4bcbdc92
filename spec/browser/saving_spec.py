"""Each panel saves its own numbers as CSV, and the page links to the reference of the API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request

import pytest
from browser.conftest import seeded
from browser.looking import Dashboard
from live import DIRECT, post_once, serving
from patience import wait_until
from selenium.webdriver import Chrome, Keys
from service import pageview

TOKEN = "a-token-of-16-ch"
VIEW = {"channel!": "Email", "model": "linear"}
QUESTIONS = {
    "ads": "campaign,source,channel",
    "channels": "channel",
    "campaign": "campaign",
    "source": "source",
    "landing_page": "landing_page",
    "country": "country",
    "latest": "conversion",
    "durations": "visit_duration",
    "paid": "campaign,source,channel",
    "active": "day",
    "cohorts": "channel,cohort_week,week",
}
"""The value of `by` in the query of each panel that can save its numbers."""


@pytest.fixture(scope="module", params=["open", "closed"])
def page(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dashboard]:
    """The dashboard with demo traffic, once of an open service and once after typing the token."""
    folder = tmp_path_factory.mktemp("saving")
    tokens = {"GROWTH_READ_TOKENS": TOKEN} if request.param == "closed" else {}
    with serving(folder, **tokens) as server:
        browser = seeded(server, folder, "--visitors", "600", "--days", "40")
        try:
            page = Dashboard(browser, server.url)
            page.open(**VIEW)
            if tokens:
                page.find("#token").send_keys(TOKEN, Keys.ENTER)
                page.wait(lambda: page.find("#cohorts"))
                page.settle()
            page.told()  # forget the error about the missing token
            yield page
        finally:
            browser.quit()


def saved(page: Dashboard, panel: str, folder: Path) -> bytes:
    """The content of the file that a panel saves when its button is pressed by keyboard."""
    behavior = {"behavior": "allow", "downloadPath": str(folder)}
    page.browser.execute_cdp_cmd("Browser.setDownloadBehavior", behavior)
    page.find(f"#{panel} .csv").send_keys(Keys.ENTER)
    wait_until(
        lambda: [each.suffix for each in folder.iterdir()] == [".csv"], 20, "nothing is saved"
    )
    [path] = folder.iterdir()
    return path.read_bytes()


def answered(page: Dashboard, question: dict[str, str]) -> bytes:
    """The answer of the endpoint to a query, as CSV."""
    url = f"{page.url}/attribution?{urlencode({**question, 'format': 'csv'})}"
    with DIRECT.open(Request(url, headers={"Authorization": f"Bearer {TOKEN}"})) as response:
        body: bytes = response.read()
    return body


class DescribeCsv:
    @pytest.mark.parametrize("panel", QUESTIONS)
    def it_is_what_the_endpoint_answers(self, page: Dashboard, tmp_path: Path, panel: str) -> None:
        page.open(**VIEW)  # an open page may save only about 10 files in Chromium
        found = saved(page, panel, tmp_path)

        question = {**page.questions()[-1]}
        assert question.pop("format") == "csv"
        assert question["by"] == QUESTIONS[panel]
        assert question in page.questions()
        assert found == answered(page, question)
        assert found.count(b"\r\n") > 1
        assert page.told() == []

    def it_is_named_after_its_panel(self, page: Dashboard) -> None:
        button = page.find("#campaign .csv")

        assert button.accessible_name == "Campaigns as CSV"
        assert button.aria_role == "button"

    def it_is_not_there_for_several_questions(self, page: Dashboard) -> None:
        assert not page.find("#starts .csv").is_displayed()
        assert not page.find("#time .csv").is_displayed()


class DescribeAPanelWithoutRows:
    def it_has_no_csv(self, tmp_path: Path, browser: Chrome) -> None:
        with serving(tmp_path) as server:
            page = Dashboard(browser, server.url)
            page.open()
            assert page.browser.find_elements("css selector", ".csv") == []

            post_once(server, "/pageviews", pageview(created_at=datetime.now(UTC).isoformat()))
            page.open()
            assert page.find("#source .csv").is_displayed()
            assert not page.find("#ads .csv").is_displayed()
            assert not page.find("#latest .csv").is_displayed()


class DescribeTheFoot:
    def it_leads_to_the_reference(self, tmp_path: Path, browser: Chrome) -> None:
        with serving(tmp_path) as server:
            page = Dashboard(browser, server.url)
            page.open()
            page.find("footer a").click()

            page.wait(lambda: page.find(".opblock-summary-path"))
            assert browser.current_url == f"{server.url}/docs"
