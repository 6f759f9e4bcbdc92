"""Drives the dashboard in a browser, and compares it with the answers of the endpoint."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from live import DIRECT
from patience import wait_until
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium_axe_python import Axe

PATIENCE_SECONDS = 40
MINUS = "\u2212"
TALL, PHONE = (1280, 5_000), (390, 5_000)
"""Sizes of windows that are tall enough to show, and so to load, every panel."""

WAITING = ".busy, .skeleton"
IS_WAITING = (
    f"return [...document.querySelectorAll('{WAITING}')]"
    ".some(each => !each.closest('details.card:not([open])'))"
    " || !document.querySelector('#main').childElementCount"
)
REQUESTS = (
    "return performance.getEntriesByType('resource').map(each => each.name)"
    ".filter(name => !name.startsWith('data:'))"
)


class Dashboard:
    """The dashboard of the service at `url`, opened in a browser."""

    def __init__(self, browser: Chrome, url: str) -> None:
        self.browser = browser
        self.url = url

    def open(self, size: tuple[int, int] = TALL, **params: str) -> None:
        self.resize(*size)
        self.browser.get(f"{self.url}/?{urlencode(params)}")
        self.settle()

    def resize(self, width: int, height: int) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def darken(self, scheme: str = "dark") -> None:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def settle(self) -> None:
        """Wait until nothing is loading. Wait twice, since what was loaded may load more."""
        for _ in range(2):
            self.wait(lambda: not self.browser.execute_script(IS_WAITING))
            self.browser.execute_async_script(
                "requestAnimationFrame(() => requestAnimationFrame(arguments[0]))"
            )

    def wait(self, is_so: Any) -> None:
        def holds() -> bool:
            try:
                return bool(is_so())
            except WebDriverException:  # the page was drawn anew meanwhile
                return False

        wait_until(holds, PATIENCE_SECONDS, "the page never shows it")

    def click(self, css: str) -> None:
        self.find(css).click()
        self.settle()

    def choose(self, label: str, text: str) -> None:
        """Choose the option with this text in the select with this label."""
        xpath = f"//label[contains(., '{label}')]/select/option[normalize-space()='{text}']"
        self.browser.find_element(By.XPATH, xpath).click()
        self.settle()

    def find(self, css: str) -> WebElement:
        return self.browser.find_element(By.CSS_SELECTOR, css)

    def text(self, css: str) -> str:
        return self.find(css).text.replace("\u00a0", " ")

    def line(self, css: str) -> str:
        """The text of an element, in one line."""
        return " ".join(self.text(css).split())

    def shows(self, text: str) -> bool:
        return text in self.text("body")

    def tile(self, metric: str) -> list[str]:
        """The value of a total, and the text about its change."""
        return self.text(f"[data-metric={metric}]").split("\n")[1:]

    def rows(self, panel: str) -> list[list[str]]:
        """The cells of the first table of a panel, including folded rows."""
        cells = (
            "return [...document.querySelector(`${arguments[0]} table`).tBodies[0].rows]"
            ".map(row => [...row.cells].map(cell => cell.textContent.replaceAll('\u00a0', ' ')))"
        )
        found: list[list[str]] = self.browser.execute_script(cells, f"#{panel}")
        return found

    def params(self) -> list[tuple[str, str]]:
        """The query parameters of the current URL."""
        return parse_qsl(urlsplit(self.browser.current_url).query, keep_blank_values=True)

    def requests(self) -> list[str]:
        found: list[str] = self.browser.execute_script(REQUESTS)
        return found

    def questions(self) -> list[dict[str, str]]:
        """The queries that the page has sent to the endpoint since it was opened."""
        return [
            dict(parse_qsl(urlsplit(name).query))
            for name in self.requests()
            if urlsplit(name).path == "/attribution"
        ]

    def asked(self, **params: str) -> dict[str, str]:
        """The first query of the page that has these parameters."""
        return next(each for each in self.questions() if params.items() <= each.items())

    def answer(self, params: Mapping[str, str]) -> Any:
        with DIRECT.open(f"{self.url}/attribution?{urlencode(params)}") as response:
            return json.load(response)

    def violations(self) -> list[str]:
        """The violations of accessibility rules that axe finds."""
        axe = Axe(self.browser)
        axe.inject()
        return [
            f"{each['id']}: {[node['html'] for node in each['nodes']]}"
            for each in axe.run()["violations"]
        ]

    def violations_in_both(self) -> list[str]:
        """The violations that axe finds in the light and in the dark scheme."""
        found = []
        for scheme in ("dark", "light"):
            self.darken(scheme)
            found += self.violations()
        return found

    def told(self) -> list[str]:
        """The new messages of the browser's console, such as errors and breaches of the policy."""
        return [each["message"] for each in self.browser.get_log("browser")]


def number(text: str) -> float:
    """The number that a text of the page shows."""
    found = re.search(rf"[{MINUS}-]?[$€]?[\d,.]+", text)
    assert found, text
    return float(re.sub(r"[$€,]", "", found[0]).replace(MINUS, "-"))
