"""Fixtures of specs in a browser: a shop, the service behind it, and browsers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from browser.looking import Dashboard
from live import Server, free_port, serving
from selenium import webdriver
from shops import Shop, Site, site_at

CHROMIUM, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
"""The paths that Debian's packages chromium and chromium-driver install. No others are tried."""

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
"""The user agent of headless Chromium would count as a bot, so it is replaced."""

SEED = ("--visitors", "1500", "--days", "70")

Open = Callable[..., webdriver.Chrome]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop whose pages may send without a token. Other senders need one."""
    site = Site(free_port())
    origins = f"{site.url('')},{site.url('', 'app.shop.localhost')}"
    settings = {"GROWTH_TRACKER_ORIGINS": origins, "GROWTH_WRITE_TOKENS": "a-token-of-16-ch"}
    with serving(tmp_path, **settings) as server, site_at(site):
        site.growth = server.url
        yield Shop(site, server)


def seeded(server: Server, folder: Path, *options: str) -> webdriver.Chrome:
    """Send demo traffic, and start a browser in the time zone in which it is about noon.

    So the day has visitors, and it does not end while specs run.
    """
    assert server.growth("seed", *options).returncode == 0
    browser = launched(folder / "profile")
    hours = 12 - datetime.now(UTC).hour
    zone = f"Etc/GMT{-hours:+d}" if hours else "UTC"  # the sign of these names is reversed
    browser.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": zone})
    return browser


def launched(profile: Path, **prefs: Any) -> webdriver.Chrome:
    """Start a browser with a new profile, and keep the messages of its console."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.add_experimental_option("prefs", prefs)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options, webdriver.ChromeService(DRIVER))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """The dashboard of a service with demo traffic up to now, in a new browser."""
    folder = tmp_path_factory.mktemp("dashboard")
    with serving(folder) as server:
        browser = seeded(server, folder, *SEED)
        try:
            yield Dashboard(browser, server.url)
        finally:
            browser.quit()


@pytest.fixture
def open_browser(tmp_path: Path) -> Iterator[Open]:
    """A function that starts browsers with new profiles, `prefs`, and a script that runs first."""
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
