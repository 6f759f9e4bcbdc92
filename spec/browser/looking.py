"""The dashboard as somebody sees it: opened, waited for, clicked, compared with the endpoint."""

from __future__ import annotations

import json
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
TALL, PHONE = (1280, 5_000), (390, 5_000)
"""Sizes at which every panel is seen and so loaded."""

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
    """The page of a service at `url` in a browser."""

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
        """Wait until all that is seen is there, twice: what was there may have asked for more."""
        for _ in range(2):
            self.wait(lambda: not self.browser.execute_script(IS_WAITING))
            self.browser.execute_async_script(
                "requestAnimationFrame(() => requestAnimationFrame(arguments[0]))"
            )

    def wait(self, is_so: Any) -> None:
        def holds() -> bool:
            try:
                return bool(is_so())
            except WebDriverException:  # drawn anew in between
                return False

        wait_until(holds, PATIENCE_SECONDS, "the page never shows it")

    def click(self, css: str) -> None:
        self.find(css).click()
        self.settle()

    def choose(self, label: str, text: str) -> None:
        """Choose an option by the text of its label and its own."""
        xpath = f"//label[contains(., '{label}')]/select/option[normalize-space()='{text}']"
        self.browser.find_element(By.XPATH, xpath).click()
        self.settle()

    def find(self, css: str) -> WebElement:
        return self.browser.find_element(By.CSS_SELECTOR, css)

    def text(self, css: str) -> str:
        return self.find(css).text.replace("\u00a0", " ")

    def line(self, css: str) -> str:
        """The text in one line."""
        return " ".join(self.text(css).split())

    def shows(self, text: str) -> bool:
        return text in self.text("body")

    def tile(self, metric: str) -> list[str]:
        """The value of a total, and what is said of its change."""
        return self.text(f"[data-metric={metric}]").split("\n")[1:]

    def rows(self, panel: str) -> list[list[str]]:
        """The cells of the first table of a panel, folded rows too."""
        cells = (
            "return [...document.querySelector(`${arguments[0]} table`).tBodies[0].rows]"
            ".map(row => [...row.cells].map(cell => cell.textContent.replaceAll('\u00a0', ' ')))"
        )
        found: list[list[str]] = self.browser.execute_script(cells, f"#{panel}")
        return found

    def params(self) -> list[tuple[str, str]]:
        """What the URL says."""
        return parse_qsl(urlsplit(self.browser.current_url).query, keep_blank_values=True)

    def requests(self) -> list[str]:
        found: list[str] = self.browser.execute_script(REQUESTS)
        return found

    def questions(self) -> list[dict[str, str]]:
        """What the page asked the endpoint since it was opened."""
        return [
            dict(parse_qsl(urlsplit(name).query))
            for name in self.requests()
            if urlsplit(name).path == "/attribution"
        ]

    def asked(self, **params: str) -> dict[str, str]:
        """The first question of the page with these parameters."""
        return next(each for each in self.questions() if params.items() <= each.items())

    def answer(self, params: Mapping[str, str]) -> Any:
        with DIRECT.open(f"{self.url}/attribution?{urlencode(params)}") as response:
            return json.load(response)

    def violations(self) -> list[str]:
        """What axe finds."""
        axe = Axe(self.browser)
        axe.inject()
        return [
            f"{each['id']}: {[node['html'] for node in each['nodes']]}"
            for each in axe.run()["violations"]
        ]

    def violations_in_both(self) -> list[str]:
        """What axe finds in light and in dark."""
        found = []
        for scheme in ("dark", "light"):
            self.darken(scheme)
            found += self.violations()
        return found

    def told(self) -> list[str]:
        """What the console has of errors and of breaches of the policy."""
        return [each["message"] for each in self.browser.get_log("browser")]
