"""Measures how soon the dashboard shows a year of traffic in Chromium."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from browser.conftest import CHROMIUM, launched
from browser.looking import Dashboard
from live import serving
from measuring import SCALE, SERVED, heading, leave_the_processor, show
from traffic import TENTHS, VISITORS, fill

PERIODS = {"30 days": ("2025-12-02", 0.6, 2), "12 months": ("2025-01-01", 3, 6)}
"""The first day of each period, and the seconds allowed for the first screen and for all panels."""

LAST_DAY = "2025-12-31"
FIRST, ALL = ("#time, #ads", (1280, 900)), (".card", (1280, 5_000))
"""The CSS selector of the panels that must be shown, and the size of the window in pixels."""

READY = """
const [panels, done] = arguments;
const look = () => {
  const found = [...document.querySelectorAll(panels)];
  const isWaiting = (each) => each.querySelector('.busy, .skeleton');
  if (found.length && !found.some(isWaiting)) done(performance.now() / 1000);
  else requestAnimationFrame(look);
};
look();
"""


def seconds(page: Dashboard, first_day: str, panels: str, size: tuple[int, int]) -> float:
    """The seconds from opening the page until the panels are shown."""
    page.resize(*size)
    page.browser.get("about:blank")
    page.browser.get(f"{page.url}/?from={first_day}&to={LAST_DAY}&event=signup")
    return float(page.browser.execute_async_script(READY, panels))


def main() -> None:
    if not shutil.which(CHROMIUM):
        print("\nThe dashboard is not measured: there is no chromium")
        return
    visitors = round(VISITORS * SCALE)
    with TemporaryDirectory() as name:
        folder = Path(name)
        fill(f"sqlite:///{folder}/growth.db", visitors)
        leave_the_processor()
        heading(f"seconds of the dashboard, of {visitors * TENTHS:,} visitors in a year")
        for what, (first_day, *limits) in PERIODS.items():
            for words, limit, (panels, size) in zip(
                ("first screen", "all panels"), limits, (FIRST, ALL), strict=True
            ):
                with serving(folder, GROWTH_CPU=str(SERVED)) as server:
                    browser = launched(folder / f"{what} {words}")
                    browser.set_script_timeout(120)
                    page = Dashboard(browser, server.url)
                    first = seconds(page, first_day, panels, size)
                    again = seconds(page, first_day, panels, size)
                    browser.quit()
                show(f"{what}, {words}", first, f"<= {limit}", f"{again:.2f} by 304s")


if __name__ == "__main__":
    main()
