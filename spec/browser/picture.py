"""Takes the pictures of the dashboard in docs/pictures, from demo traffic that never changes."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from browser.conftest import launched
from browser.looking import Dashboard
from documents import ROOT
from live import serving

UNTIL = "2026-11-25T18:00:00"
SEED = ("--until", UNTIL)
FONT = "Noto Sans"
PICTURES = ROOT / "docs" / "pictures"
DESKTOP, PHONE = 1280, 390

CLOCK = f"""
const now = Date.parse('{UNTIL}Z'), began = performance.now();
window.Date = class extends Date {{
  constructor(...given) {{ given.length ? super(...given) : super(Date.now()); }}
  static now() {{ return Math.round(now + performance.now() - began); }}
}};
"""
"""A script that sets the clock of the browser to the end of the traffic."""


def main() -> None:
    if FONT not in subprocess.run(["fc-list"], capture_output=True, text=True, check=True).stdout:
        sys.exit(f"The pictures are in {FONT}. On Debian: apt-get install fonts-noto-core")
    PICTURES.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, serving(Path(folder)) as server:
        print(server.growth("seed", *SEED).stdout.splitlines()[0])
        browser = launched(Path(folder) / "profile")
        try:
            browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": CLOCK})
            browser.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
            draw(Dashboard(browser, server.url))
        finally:
            browser.quit()


def draw(page: Dashboard) -> None:
    page.open()
    save(page, "dashboard", DESKTOP, 1_000)
    page.darken()
    save(page, "dashboard-dark", DESKTOP, 1_000)
    page.darken("light")
    page.open(user_id=someone(page))
    save(page, "person", DESKTOP)
    page.open(size=(PHONE, 5_000))
    save(page, "phone", PHONE, 1_500)


def someone(page: Dashboard) -> str:
    """The user whose purchase credits clicks of the most channels."""
    params = {"by": "conversion", "event": "purchase", "include": "touches", "limit": "200"}
    found = page.answer(params)["results"]
    return str(max(found, key=lambda each: len(channels(each)))["user_id"])


def channels(conversion: Any) -> set[str]:
    return {each["channel"] for each in conversion["touches"]}


def save(page: Dashboard, name: str, width: int, height: int | None = None) -> None:
    """Save a picture of the top `height` pixels of the page, or of the whole page."""
    page.resize(width, 100)
    whole = page.browser.execute_script("return document.documentElement.scrollHeight")
    page.resize(width, height or whole)
    page.settle()
    options = {"format": "png", "captureBeyondViewport": False}
    png = page.browser.execute_cdp_cmd("Page.captureScreenshot", options)["data"]
    path = PICTURES / f"{name}.png"
    path.write_bytes(base64.b64decode(png))
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
