"""What questions cost over HTTP beside `GET /healthz` of the same run, one client, on SQLite.

Builds a year of traffic (`traffic.py`), starts `growth serve` on it, and prints a table: each
figure, its limit, and what was measured. `python reads.py 0.1` does so with a tenth of the
visitors. Run by `make bench`.
"""

from __future__ import annotations

import http.client
import itertools
import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from live import Server, serving
from traffic import END, TENTHS, VISITORS, build

from growth.attribution.facts import DAY
from growth.database.engines.sqlite import path_of
from growth.schemas.times import format_time

MONTH = f"from={format_time(END - 30 * DAY)}&to={format_time(END)}"
YEAR = f"from={format_time(END - 365 * DAY)}&to={format_time(END)}"
ROUNDS = 200
URL = "https://shop.example.com/page-{}"

GROUPED = """
SELECT substr(url, instr(url, 'utm_campaign=') + 13) AS campaign, COUNT(*),
       COUNT(DISTINCT fingerprint), COUNT(DISTINCT CASE WHEN is_signup THEN fingerprint END)
FROM (SELECT p.fingerprint, p.url, EXISTS (
        SELECT 1 FROM events e WHERE e.subject = 'v:' || p.fingerprint AND +e.name = 'signup'
      ) AS is_signup
      FROM pageviews p WHERE p.created_at >= ? AND p.created_at < ?)
GROUP BY 1
"""
"""The figures of a report by campaign, roughly, from the pageviews alone; + has SQLite find events
by their visitors."""


class Client:
    """One connection, kept."""

    def __init__(self, server: Server) -> None:
        self.connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=60)

    def get(self, path: str) -> float:
        """Ask, read the answer, and return how many milliseconds that took."""
        began = time.perf_counter()
        self.connection.request("GET", path)
        answer = self.connection.getresponse()
        body = answer.read()
        taken = (time.perf_counter() - began) * 1_000
        assert answer.status == 200, body
        return taken

    def times(self, paths: Iterator[str], rounds: int) -> tuple[float, float]:
        """The median and the 99th percentile, after a first few."""
        for path in itertools.islice(paths, 5):
            self.get(path)
        taken = sorted(self.get(path) for path in itertools.islice(paths, rounds))
        return statistics.median(taken), taken[min(len(taken) - 1, len(taken) * 99 // 100)]


def persons(visitors: int) -> Iterator[str]:
    """Every lookup another person."""
    for number in itertools.count():
        yield f"/attribution?user_id=user-{number * 7919 % visitors // 3 * 3 + 1}"


def questions(visitors: int) -> list[tuple[str, Iterator[str], float, int]]:
    """What is asked, its limit as a multiple of healthz, and how often."""
    report = "/attribution?by="
    return [
        ("a person", persons(visitors), 5, ROUNDS),
        ("30 days by campaign", itertools.repeat(f"{report}campaign&{MONTH}"), 20, ROUNDS),
        ("30 days by source", itertools.repeat(f"{report}source&{MONTH}"), 20, ROUNDS),
        ("a year by day, channel", itertools.repeat(f"{report}day,channel&{YEAR}"), 150, 20),
        ("100 conversions", itertools.repeat(f"{report}conversion&limit=100"), 10, ROUNDS),
    ]


def line(name: str, limit: str, measured: str, more: str = "") -> None:
    print(f"{name:<34} {limit:>8} {measured:>8}  {more}", flush=True)


def grouped(server: Server) -> float:
    """Milliseconds that the same figures take by GROUP BY over the pageviews."""
    with sqlite3.connect(path_of(server.database_url)) as connection:
        taken = []
        for _ in range(3):
            began = time.perf_counter()
            connection.execute(GROUPED, (END - 30 * DAY, END)).fetchall()
            taken.append((time.perf_counter() - began) * 1_000)
    return statistics.median(taken)


def write(address: str) -> None:
    """Send batches of pageviews without a pause, until ended."""
    bodies = [
        json.dumps([{"fingerprint": f"new-{number}-{n}", "url": URL.format(n)} for n in range(50)])
        for number in range(2_000)
    ]
    connection = http.client.HTTPConnection(address, timeout=60)
    for body in itertools.cycle(bodies):  # made before: to make them takes as long as to take them
        connection.request("POST", "/pageviews", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        answer.read()


@contextmanager
def writing(server: Server) -> Iterator[None]:
    """Lets a process of its own write, so that it does not hold up the one that measures."""
    command = [sys.executable, __file__, "write", server.url.removeprefix("http://")]
    with subprocess.Popen(command) as process:
        time.sleep(1)
        try:
            yield
        finally:
            process.kill()


def stored(server: Server) -> int:
    with closing(sqlite3.connect(path_of(server.database_url))) as connection:
        count: int = connection.execute("SELECT COUNT(*) FROM pageviews").fetchone()[0]
    return count


def measure(server: Server, visitors: int) -> dict[str, float]:
    """Ask everything, print what it took, and return medians and 99th percentiles."""
    client, found = Client(server), dict[str, float]()
    healthz, _ = client.times(itertools.repeat("/healthz"), ROUNDS)
    line("GET /healthz, p50", "", "1.0", f"{healthz:.2f} ms")
    for name, paths, limit, rounds in questions(visitors):
        middle, p99 = client.times(paths, rounds)
        found[name] = middle
        line(
            f"{name}, p99", f"{limit:g}", f"{p99 / healthz:.1f}", f"{p99:.1f}, p50 {middle:.1f} ms"
        )
        found[f"{name}, p99"] = p99
    return found


def main(scale: float) -> None:
    visitors = int(VISITORS * scale)
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder) / "small", Path(folder) / "large"
        for place in (small, large):
            place.mkdir()
        build(f"sqlite:///{small}/growth.db", visitors, 1)
        build(f"sqlite:///{large}/growth.db", visitors, TENTHS)
        print(f"{'of ' + format(visitors * TENTHS, ',') + ' visitors':<34}    limit measured")
        with serving(small) as server:
            alone = measure(server, visitors)
            peak = server.memory("VmHWM") / 1_024
        with serving(large) as server:
            found = measure(server, visitors)
            month = found["30 days by campaign"]
            line("GROUP BY / 30 days by campaign", ">= 20", f"{grouped(server) / month:.1f}")
            line("10 times the data / alone", "1.3", f"{month / alone['30 days by campaign']:.2f}")
            memory = server.memory("VmHWM") / 1_024
            line("peak memory / a tenth's", "", f"{memory / peak:.2f}", f"{memory:.0f} MiB")
            with writing(server):
                before, began = stored(server), time.perf_counter()
                busy = measure(server, visitors)
                rate = (stored(server) - before) / (time.perf_counter() - began)
            for name in ("a person", "30 days by campaign"):
                ratio = busy[f"{name}, p99"] / found[f"{name}, p99"]
                line(f"{name} while writes run", "2", f"{ratio:.2f}", f"{rate:.0f} facts/s")


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        write(sys.argv[2])
    else:
        main(float(sys.argv[1]) if len(sys.argv) > 1 else 1)
