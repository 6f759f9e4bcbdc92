"""The page /docs in a browser shows every path, and loads nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path

from browser.looking import REQUESTS
from live import serving
from patience import wait_until
from selenium.webdriver import Chrome

PATHS = (
    "return [...document.querySelectorAll('.opblock-summary-path')].map(each => each.textContent)"
)


class DescribeDocs:
    def it_shows_the_reference_by_itself(self, browser: Chrome, tmp_path: Path) -> None:
        with serving(tmp_path) as server:
            browser.get(f"{server.url}/docs")
            wait_until(lambda: browser.execute_script(PATHS), 20, "no path is shown")

            browser.execute_script("document.querySelector('#operations-default-get_attribution"
                                   " .opblock-summary-control').click()")  # fmt: skip
            shown = [each.replace("\u200b", "") for each in browser.execute_script(PATHS)]
            asked = browser.execute_script(REQUESTS)
            told = browser.get_log("browser")

        assert {"/pageviews", "/attribution", "/webhooks/segment/{path}"} <= set(shown)
        assert {each.startswith(server.url) for each in asked} == {True}
        assert told == []
