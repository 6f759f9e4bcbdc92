"""A shop, a service that knows its origin, and browsers to look at the shop with."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from live import free_port, serving
from selenium import webdriver
from shops import Shop, Site, site_at

CHROMIUM, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
"""Where Debian's packages chromium and chromium-driver put them: nothing else is looked for."""

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    "--user-agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
)
"""By its own name a headless browser is taken for a bot, and left out."""

Open = Callable[..., webdriver.Chrome]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop whose writes need a token, but for those of its pages."""
    site = Site(free_port())
    origins = f"{site.url('')},{site.url('', 'app.shop.localhost')}"
    settings = {"GROWTH_TRACKER_ORIGINS": origins, "GROWTH_WRITE_TOKENS": "a-token-of-16-ch"}
    with serving(tmp_path, **settings) as server, site_at(site):
        site.growth = server.url
        yield Shop(site, server)


def launched(profile: Path, **prefs: Any) -> webdriver.Chrome:
    """A browser with a profile of its own, whose console is kept."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.add_experimental_option("prefs", prefs)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options, webdriver.ChromeService(DRIVER))


@pytest.fixture
def open_browser(tmp_path: Path) -> Iterator[Open]:
    """Opens browsers with profiles of their own, with `prefs` and a script that runs first."""
    with ExitStack() as stack:

        def open_one(first: str = "", **prefs: Any) -> webdriver.Chrome:
            browser = launched(tmp_path / f"profile{time.monotonic_ns()}", **prefs)
            stack.callback(browser.quit)
            if first:
                browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": first})
            return browser

        yield open_one


@pytest.fixture
def browser(open_browser: Open) -> webdriver.Chrome:
    return open_browser()
