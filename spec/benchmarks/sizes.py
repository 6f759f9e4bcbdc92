"""What a fact takes of disk and processors, for sizing: see docs/postgresql.md.

    python spec/benchmarks/sizes.py [visitors]

Sends a month of visitors, each with ten pages in three visits and a signup, in the order of time, a
hundred a request, and prints bytes and microseconds for each fact, on SQLite and, when DATABASE_URL
names a PostgreSQL server on this machine, on a database of that.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from typing import Any

from databases import ON_POSTGRES, Other
from live import Server, connection, post, serving

from growth.database.engines.sqlite import path_of
from growth.schemas.times import format_time

VISITORS, BATCH = 20_000, 100
MONTH, GAP, VISITS, PAGES = 30 * 86_400, 7 * 86_400, 3, (4, 3, 3)
TICK = os.sysconf("SC_CLK_TCK")


def facts(visitors: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Paths and facts, in the order of time; the last visit of each visitor ends in a signup."""
    draw, now = Random(7), time.time()
    found = []
    for number in range(visitors):
        name = {"fingerprint": f"{draw.getrandbits(64):016x}"}
        start = now - GAP * VISITS - draw.uniform(0, MONTH)
        for visit, pages in enumerate(PAGES):
            at = start + visit * GAP
            for page in range(pages):
                url = f"https://www.example.com/{draw.randrange(200)}"
                if not page and draw.random() < 0.5:
                    url += f"?utm_source=google&utm_medium=cpc&utm_campaign=c{draw.randrange(50)}"
                found.append((at + 60 * page, "/pageviews", name | {"url": url}))
        signup = name | {"name": "signup", "user_id": f"user-{number}"}
        found.append((at + 60 * pages, "/events", signup))
    found.sort(key=lambda each: each[0])
    for place, (instant, path, fact) in enumerate(found):
        yield path, fact | {"created_at": format_time(int(instant * 1e6)), "id": f"{place:x}"}


def send(server: Server, visitors: int) -> int:
    """Send all; return how many facts."""
    sent, waiting = 0, dict[str, list[Any]](**{"/pageviews": [], "/events": []})
    with closing(connection(server)) as at:
        for path, fact in facts(visitors):
            waiting[path].append(fact)
            if len(waiting[path]) == BATCH:
                sent += deliver(at, path, waiting[path])
                waiting[path] = []
        return sent + sum(deliver(at, path, rest) for path, rest in waiting.items() if rest)


def deliver(at: HTTPConnection, path: str, batch: list[Any]) -> int:
    _, told = post(at, path, batch)
    assert told.get("stored") == len(batch), told
    return len(batch)


def processors(*pids: int) -> float:
    """The seconds of processor that processes have taken, with what they waited for."""
    taken = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        taken += sum(map(int, fields[11:15]))
    return taken / TICK


def of_postgres(url: str) -> Callable[[], float]:
    """Asks for the seconds of processor of the server of a database; it runs on this machine."""
    with Other(url) as database:
        [(backend,)] = database.rows("SELECT pg_backend_pid()")
        main = int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])
    children = Path(f"/proc/{main}/task/{main}/children")
    return lambda: processors(main, *map(int, children.read_text().split()))


def size(url: str) -> int:
    """The bytes of the database, without its log."""
    if not ON_POSTGRES:
        return path_of(url).stat().st_size
    with Other(url) as database:
        [(found,)] = database.rows("SELECT pg_database_size(current_database())")
    return int(found)


def measure(visitors: int) -> None:
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server:
        empty = size(server.database_url)
        database = of_postgres(server.database_url) if ON_POSTGRES else lambda: 0.0
        asked: list[Callable[[], float]] = [
            lambda: processors(server.process.pid),
            lambda: processors(server.writer),
            database,
        ]
        before, began = [each() for each in asked], time.monotonic()
        count = send(server, visitors)
        took = time.monotonic() - began
        after = [each() for each in asked]
        server.stop()  # which brings the log into the file
        grown = size(server.database_url) - empty
    engine = "postgresql" if ON_POSTGRES else "sqlite"
    figures = [(late - early) / count * 1e6 for early, late in zip(before, after, strict=True)]
    line(engine, count, grown / count, *figures, count / took)


def line(engine: str, *figures: Any) -> None:
    print(
        f"{engine:<12}",
        *(f"{f if isinstance(f, str) else f'{f:,.0f}':>10}" for f in figures),
        flush=True,
    )


def main(visitors: str) -> None:
    line("engine", "facts", "bytes", "server µs", "writer µs", "engine µs", "facts/s")
    given = os.environ.get("DATABASE_URL", "")
    for url in ["", given] if given.startswith("postgresql:") else [""]:
        environ = os.environ | {"SPEC_DATABASE_URL": url}
        subprocess.run([sys.executable, __file__, "measure", visitors], env=environ, check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        measure(int(sys.argv[2]))
    else:
        main(sys.argv[1] if len(sys.argv) > 1 else str(VISITORS))
