"""Measures the ledger on SQLite, on PostgreSQL, and on PostgreSQL with 2 ms of latency.

    python spec/benchmarks/engines.py

Each engine is measured with one process and with four, which write about visitors of their own.
A line shows a kind of batch: its number of statements, the facts per second of all processes
together, and the time that a batch takes. PostgreSQL is the server of DATABASE_URL, or else a
server that is started for the measurement.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import postgres
from counting import deed, page, statements
from measuring import SCALE, heading, quantile, show
from peewee import OperationalError
from proxy import distant

from growth.attribution.facts import Fact
from growth.database.connecting import connect, migrate
from growth.database.statements import database
from growth.settings import load_settings
from growth.wiring import create_ledger

BATCH, BATCHES = 100, max(5, round(40 * SCALE))
LATENCY_SECONDS = 0.002

SPAWNED = get_context("spawn")

Make = Callable[[str], Fact]

KINDS: dict[str, Make] = {
    "new visitors": lambda who: page(who, 0, "spring"),
    "known visitors": lambda who: page(who, 60),
    "signups": lambda who: deed(who, "signup", 70),
    "late facts": lambda who: page(who, 20, "late"),
}
"""The kinds of batches, in their order, all about the same visitors. A late fact is a click before
the signup of its visitor."""


class Work(NamedTuple):
    """The batches of one kind that a process applied: the statements and seconds of each batch."""

    kind: str
    began: float
    ended: float
    statements: list[int]
    took: list[float]


def work(url: str, number: int, together: Any, done: Any) -> None:
    """Apply all kinds of batches. All processes begin each kind at the same time."""
    connect(url)
    ledger = create_ledger(load_settings({"DATABASE_URL": url}))
    gc.freeze()
    for kind, make in KINDS.items():
        counts, took = [], []
        together.wait()
        began = time.monotonic()
        for place in range(BATCHES):
            facts = [make(f"{number}-{place}-{n}") for n in range(BATCH)]
            start = time.monotonic()
            with statements() as executed:
                persist(partial(ledger.apply, facts))
            took.append(time.monotonic() - start)
            counts.append(len(executed))
        done.put(Work(kind, began, time.monotonic(), counts, took))
    database.end()


def persist(apply: Callable[[], object]) -> None:
    """Apply a batch. Try again if it waits too long for a lock, as a sender does after a 503."""
    while True:
        try:
            apply()
        except OperationalError:
            continue
        return


def measure(url: str, processes: int) -> dict[str, float]:
    """Print a line for each kind of batch; return the facts per second of each kind."""
    migrate(connect(url, may_make=True))
    database.end()
    together, done = SPAWNED.Barrier(processes), SPAWNED.Queue()
    workers = [
        SPAWNED.Process(target=work, args=(url, number, together, done))
        for number in range(processes)
    ]
    for each in workers:
        each.start()
    works = [done.get(timeout=600) for _ in range(processes * len(KINDS))]
    for each in workers:
        each.join()
    speeds = {}
    for kind in KINDS:
        ours = [each for each in works if each.kind == kind]
        seconds = max(each.ended for each in ours) - min(each.began for each in ours)
        took = [1_000 * each for work in ours for each in work.took]
        count = mean(each for work in ours for each in work.statements)
        speeds[kind] = BATCH * len(took) / seconds
        print(
            f"  {kind:<22}{count:>10.0f}{speeds[kind]:>12,.0f}"
            f"{median(took):>10.0f}{quantile(took, 0.99):>10.0f}",
            flush=True,
        )
    return speeds


@contextmanager
def fresh(server: str, name: str) -> Iterator[str]:
    """The URL of a new database on the server. It is dropped at the end."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            yield server.rpartition("/")[0] + f"/{name}"
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def main() -> None:
    heading("the ledger alone, in batches of 100 facts")
    print(f"  {'':<22}{'statements':>10}{'facts/s':>12}{'p50 ms':>10}{'p99 ms':>10}", flush=True)
    speeds: dict[tuple[str, int], dict[str, float]] = {}
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory())
        near = os.environ.get("DATABASE_URL") or stack.enter_context(
            postgres.serving(Path(stack.enter_context(TemporaryDirectory())), **postgres.DURABLE)
        )
        far = stack.enter_context(distant(near, LATENCY_SECONDS))
        for processes in (1, 4):
            for name, server in (("SQLite", ""), ("PostgreSQL", near), ("2 ms away", far)):
                print(f"{name}, {processes} process{'es' * (processes > 1)}", flush=True)
                if not server:
                    url = f"sqlite:///{folder}/{processes}.db"
                    speeds[name, processes] = measure(url, processes)
                    continue
                with fresh(server, f"growth_bench_{os.getpid()}") as url:
                    speeds[name, processes] = measure(url, processes)
    sqlite, postgresql, away = (speeds[n, 1] for n in ("SQLite", "PostgreSQL", "2 ms away"))
    heading("engines")
    for kind in KINDS:
        show(f"{kind}, PostgreSQL to SQLite", postgresql[kind] / sqlite[kind], ">= 0.6")
    four = speeds["PostgreSQL", 4]["new visitors"]
    show("new visitors, four processes to one", four / postgresql["new visitors"])
    show("new visitors 2 ms away, facts/s", away["new visitors"], ">= 500")


if __name__ == "__main__":
    main()
