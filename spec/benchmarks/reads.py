"""Measures how long queries take over HTTP, compared with GET on an empty app.

The services run on SQLite. One has a year of traffic, one the last tenth of that year, and one
10,000 pageviews. There is one client.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from itertools import count, cycle, islice
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from live import Server, serving
from loading import Speed, load
from measuring import ROUNDS, SCALE, SERVED, heading, leave_the_processor, quantile, show
from peers import peer
from traffic import END, TENTHS, VISITORS, fill, user_of

from growth.attribution.facts import DAY
from growth.schemas.times import format_time

FEW = 1_500
"""The number of visitors that have 10,000 pageviews together."""

WRITE_SECONDS, BATCH, WRITERS = 3, 100, 4
MONTH = f"from={format_time(END - 30 * DAY)}&to={format_time(END)}"
YEAR = f"from={format_time(END - 365 * DAY)}&to={format_time(END)}"

REPORTS = {
    "30 days by campaign": (f"by=campaign&{MONTH}", "<= 150", 20),
    "30 days by source": (f"by=source&{MONTH}", "<= 150", 20),
    "30 days by channel": (f"by=channel&{MONTH}", "<= 150", 20),
    "30 days by day": (f"by=day&{MONTH}", "<= 150", 20),
    "30 days by landing page": (f"by=landing_page&{MONTH}", "<= 500", 5),
    "a year by day and channel": (f"by=day,channel&{YEAR}", "<= 1500", 5),
}
"""The query of each report, the limit of its ratio to the empty app, and its number per round."""

LOOKUPS = 200


class Client:
    """A client that keeps one connection open."""

    def __init__(self, url: str) -> None:
        self.connection = HTTPConnection(urlsplit(url).netloc, timeout=120)

    def get(self, path: str) -> float:
        """Send a request, read the answer, and return the milliseconds that this took."""
        began = time.perf_counter()
        self.connection.request("GET", path)
        answer = self.connection.getresponse()
        body = answer.read()
        taken = (time.perf_counter() - began) * 1_000
        assert answer.status == 200, body
        return taken

    def times(self, paths: Iterator[str], asked: int) -> list[float]:
        self.get(next(paths))
        return [self.get(path) for path in islice(paths, asked)]


def persons(visitors: int) -> Iterator[str]:
    """The paths of lookups, each of another person."""
    for number in count():
        if user_id := user_of(number * 7_919 % visitors):
            yield f"/attribution?user_id={user_id}"


def asking(report: str) -> Iterator[str]:
    return cycle([f"/attribution?{REPORTS[report][0]}"])


Measured = dict[str, list[float]]
"""The milliseconds of each round, by the name of what was measured."""


def compare(empty: str, tenth: Server, year: Server, visitors: int) -> Measured:
    """Measure each kind of query in each round: the median, or the 99th percentile of lookups."""
    nothing, small, large = Client(empty), Client(tenth.url), Client(year.url)
    people = persons(visitors)
    questions: list[tuple[str, Callable[[], float]]] = [
        ("empty", lambda: median(nothing.times(cycle(["/pageviews"]), LOOKUPS))),
        ("person", lambda: quantile(large.times(people, LOOKUPS), 0.99)),
        ("tenth", lambda: median(small.times(asking("30 days by campaign"), 20))),
        *(
            (name, lambda name=name, often=often: median(large.times(asking(name), often)))  # type: ignore[misc]
            for name, (_, _, often) in REPORTS.items()
        ),
    ]
    found: Measured = {name: [] for name, _ in questions}
    for _ in range(ROUNDS):
        for name, ask in questions:
            found[name].append(ask())
    return found


def lookups_while_written(server: Server, visitors: int) -> tuple[float, float]:
    """The 99th percentile of lookups while facts are written, and the facts written per second."""
    client, people = Client(server.url), persons(visitors)
    wrote: list[Speed] = []
    writer = threading.Thread(
        target=lambda: wrote.append(load(server.url, BATCH, WRITERS, WRITE_SECONDS))
    )
    taken: list[float] = []
    writer.start()
    while writer.is_alive():
        taken.append(client.get(next(people)))
    return quantile(taken, 0.99), wrote[0].rate * BATCH


def resident(server: Server, visitors: int) -> float:
    """The resident memory of the service in MiB, after all kinds of queries and some writing."""
    client = Client(server.url)
    for report in REPORTS:
        client.times(asking(report), 5)
    client.times(persons(visitors), LOOKUPS)
    load(server.url, BATCH, WRITERS, WRITE_SECONDS)
    return server.memory("VmRSS") / 1_024


def tell(found: Measured) -> None:
    told = {name: median(figures) for name, figures in found.items()}
    empty = told["empty"]
    show("GET on the empty app, p50", 1, "", f"{empty:.2f} ms")
    show("a person, p99", told["person"] / empty, "<= 20", f"{told['person']:.1f} ms")
    for name, (_, limit, _) in REPORTS.items():
        show(f"{name}, p50", told[name] / empty, limit, f"{told[name]:.1f} ms")
    month, tenth = told["30 days by campaign"], told["tenth"]
    show("  with ten times the data outside the period", month / tenth, "<= 1.3", f"{tenth:.1f} ms")


def main() -> None:
    leave_the_processor()
    visitors = round(VISITORS * SCALE)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        sizes = {"few": (FEW, 1), "tenth": (visitors, 1), "year": (visitors, TENTHS)}
        servers = {}
        for place, size in sizes.items():
            folder = Path(name) / place
            folder.mkdir()
            fill(f"sqlite:///{folder}/growth.db", *size)
            servers[place] = stack.enter_context(serving(folder, GROWTH_CPU=str(SERVED)))
        empty = stack.enter_context(peer("empty", Path(name)))
        heading(f"reads, of {visitors * TENTHS:,} visitors in a year")
        found = compare(empty, servers["tenth"], servers["year"], visitors)
        tell(found)
        busy = [lookups_while_written(servers["year"], visitors) for _ in range(ROUNDS)]
        p99, rate = (median(each[n] for each in busy) for n in (0, 1))
        what = "a person while writes run at full speed, p99"
        show(what, p99 / median(found["empty"]), "<= 50", f"{p99:.1f} ms, {rate:,.0f} facts/s")
        few, many = resident(servers["few"], FEW), resident(servers["year"], visitors)
        show("resident size, to that at 10,000 pageviews", many / few, "<= 1.3", f"{few:.0f} MiB")
        show("resident size in MiB", many, "<= 120")


if __name__ == "__main__":
    main()
