"""PostgreSQL beside SQLite: facts a second, and how long answers take, of 1 and of 4 processes.

    DATABASE_URL=postgresql://… python spec/benchmarks/engines.py

On the server of DATABASE_URL databases are made, and dropped in the end. Writers and servers share
the machine's cores.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from random import Random
from typing import Any

from live import Server, connection, serving

SECONDS = 6
WRITERS = 4
BATCH = 100
VISITORS = 1_000_000
QUESTIONS = ["by=channel", "by=campaign&sort=-visits", "by=day", "by=source&event=purchase"] * 25

HEADER = (
    f"{'engine':<12}{'processes':>10}{'facts/s':>10}{'p99 ms':>8}{'read p50':>10}{'read p99':>10}"
)


class Writer(threading.Thread):
    """Posts batches of pageviews to a server until it is stopped."""

    def __init__(self, server: Server, number: int, stop: threading.Event) -> None:
        super().__init__()
        self.server, self.draw, self.stopped = server, Random(number), stop
        self.took: list[float] = []

    def run(self) -> None:
        with closing(connection(self.server)) as at:
            while not self.stopped.is_set():
                body = json.dumps([self.page() for _ in range(BATCH)])
                began = time.monotonic()
                at.request("POST", "/pageviews", body, {"Content-Type": "application/json"})
                answer = at.getresponse()
                answer.read()
                if answer.status == 200:
                    self.took.append(time.monotonic() - began)

    def page(self) -> dict[str, Any]:
        url = f"https://www.example.com/{self.draw.randrange(50)}"
        if self.draw.random() < 0.3:
            url += f"?utm_source=google&utm_medium=cpc&utm_campaign=c{self.draw.randrange(20)}"
        return {"fingerprint": f"f{self.draw.randrange(VISITORS)}", "url": url}


def reads(server: Server) -> Iterator[float]:
    with closing(connection(server)) as at:
        for question in QUESTIONS:
            began = time.monotonic()
            at.request("GET", f"/attribution?{question}")
            at.getresponse().read()
            yield time.monotonic() - began


def measure(engine: str, processes: int) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = [stack.enter_context(serving(folder)) for _ in range(processes)]
        stop = threading.Event()
        writers = [Writer(servers[n % processes], n, stop) for n in range(WRITERS)]
        for each in writers:
            each.start()
        time.sleep(SECONDS)
        stop.set()
        for each in writers:
            each.join()
        wrote = sorted(took for each in writers for took in each.took)
        read = sorted(reads(servers[0]))
    speed = len(wrote) * BATCH / SECONDS
    print(
        f"{engine:<12}{processes:>10}{speed:>10,.0f}{part(wrote, 0.99):>8.0f}"
        f"{part(read, 0.5):>10.1f}{part(read, 0.99):>10.1f}",
        flush=True,
    )


def part(took: list[float], share: float) -> float:
    """A quantile, in milliseconds."""
    return took[int(share * (len(took) - 1))] * 1_000


def main() -> None:
    if len(sys.argv) > 1:
        for processes in (1, 4):
            measure(sys.argv[1], processes)
        return
    print(HEADER, flush=True)
    url = os.environ["DATABASE_URL"]
    for engine, server in (("sqlite", ""), ("postgresql", url)):
        environ = os.environ | {"SPEC_DATABASE_URL": server}
        subprocess.run([sys.executable, __file__, engine], env=environ, check=True)


if __name__ == "__main__":
    main()
