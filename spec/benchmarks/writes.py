"""Measures writes over HTTP, compared with an empty app and with inserts into SQLite.

A round measures all of them in close succession, so that other load on the machine hits them alike.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import NamedTuple

from live import serving
from loading import CONNECTIONS, GENERATOR, Speed, load, page
from measuring import ROUNDS, SCALE, SERVED, heading, leave_the_processor, show
from peers import peer

from growth.database.engines.sqlite import PRAGMAS
from growth.schemas.times import now_us

BATCH, WRITERS = 100, 4
SECONDS = max(1, round(3 * SCALE))


class Round(NamedTuple):
    """The speeds measured in a round.

    `empty`, `alone` and `ours` are three servers with single pageviews. `batches` is our server
    with batches. `bare` is SQLite alone, in facts per second.
    """

    empty: Speed
    alone: Speed
    ours: Speed
    batches: Speed
    bare: float


def rounds(folder: Path) -> Iterator[Round]:
    with (
        peer("empty", folder) as empty,
        peer("alone", folder) as alone,
        serving(folder, GROWTH_CPU=str(SERVED)) as server,
    ):
        for _ in range(ROUNDS):
            singles = [load(url, 1, CONNECTIONS, SECONDS) for url in (empty, alone, server.url)]
            batches = load(server.url, BATCH, WRITERS, SECONDS)
            yield Round(*singles, batches, bare_inserts(folder))


def bare_inserts(folder: Path) -> float:
    """Pageviews per second of plain SQLite, a hundred per transaction, with upserts of visitors."""
    with closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as database:
        for name, value in PRAGMAS.items():
            database.execute(f"PRAGMA {name} = {value}")
        database.execute(
            "CREATE TABLE IF NOT EXISTS pageviews (fingerprint TEXT, created_at INTEGER, id TEXT,"
            " url TEXT, referrer_url TEXT, PRIMARY KEY (fingerprint, created_at, id)) WITHOUT ROWID"
        )
        database.execute(
            "CREATE TABLE IF NOT EXISTS visitors (fingerprint TEXT PRIMARY KEY, pageviews INTEGER)"
        )
        count, began = 0, time.perf_counter()
        while time.perf_counter() < began + SECONDS:
            insert(database, [page(number) for number in range(BATCH)])
            count += BATCH
        return count / (time.perf_counter() - began)


def insert(database: sqlite3.Connection, pages: Sequence[dict[str, str]]) -> None:
    rows = [
        (each["fingerprint"], now_us(), each["id"], each["url"], each["referrer_url"])
        for each in pages
    ]
    database.execute("BEGIN IMMEDIATE")
    database.executemany("INSERT INTO pageviews VALUES (?, ?, ?, ?, ?)", rows)
    database.executemany(
        "INSERT INTO visitors VALUES (?, 1)"
        " ON CONFLICT (fingerprint) DO UPDATE SET pageviews = pageviews + 1",
        [row[:1] for row in rows],
    )
    database.execute("COMMIT")


def main() -> None:
    leave_the_processor()
    heading(f"writes, sent by {GENERATOR}")
    with tempfile.TemporaryDirectory() as folder:
        measured = list(rounds(Path(folder)))
    empty, alone, ours, batches = (
        Speed(*(median(getattr(each, name)[n] for each in measured) for n in (0, 1)))
        for name in Round._fields[:4]
    )
    bare, facts = median(each.bare for each in measured), batches.rate * BATCH
    what = f"single pageviews on {CONNECTIONS} connections, to an empty app"
    show(what, ours.rate / empty.rate, ">= 0.35", f"{ours.rate:,.0f}/s, {empty.rate:,.0f}/s")
    show("  their p99, to the app's", ours.p99 / empty.p99, "<= 4", f"{ours.p99:.0f} ms")
    show("  to one transaction a request", ours.rate / alone.rate, ">= 5", f"{alone.rate:,.0f}/s")
    told = f"{facts:,.0f}/s, {bare:,.0f}/s"
    show(f"batches of {BATCH}, to bare executemany", facts / bare, ">= 0.25", told)


if __name__ == "__main__":
    main()
