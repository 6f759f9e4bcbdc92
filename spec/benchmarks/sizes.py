"""Measures the disk space and processor time per fact. docs/postgresql.md uses the figures.

Sends a tenth of a year of traffic over HTTP to a service on SQLite and to one on PostgreSQL, with
a hundred facts per request. PostgreSQL is the server of DATABASE_URL, which must run on this
machine, or else one that is started for the measurement.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import postgres
from databases import ON_POSTGRES, Other
from live import Server, connection, post, serving
from measuring import SCALE, SERVED, heading, leave_the_processor
from traffic import VISITORS, tenth_of

from growth.attribution.facts import Pageview
from growth.database.engines.sqlite import path_of
from growth.schemas.times import format_time

BATCH = 100
TICK = os.sysconf("SC_CLK_TCK")


def requests(visitors: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The path and body of each request, roughly in the order of time."""
    waiting: dict[str, list[dict[str, Any]]] = {"/pageviews": [], "/events": []}
    for fact in tenth_of(0, visitors):
        path = "/pageviews" if isinstance(fact, Pageview) else "/events"
        waiting[path].append(item(fact))
        if len(waiting[path]) == BATCH:
            yield path, waiting[path]
            waiting[path] = []
    yield from ((path, rest) for path, rest in waiting.items() if rest)


def item(fact: Any) -> dict[str, Any]:
    common = {"fingerprint": fact.fingerprint, "id": fact.digest}
    common["created_at"] = format_time(fact.created_at)
    if isinstance(fact, Pageview):
        return common | {
            "url": fact.url,
            "referrer_url": fact.referrer_url,
            "country": fact.country,
        }
    return common | {"name": fact.name, "user_id": fact.user_id, "value": "9.99", "currency": "EUR"}


def send(server: Server, visitors: int) -> int:
    """Send all requests; return the number of facts in them."""
    sent = 0
    with closing(connection(server)) as at:
        for path, body in requests(visitors):
            _, told = post(at, path, body)
            assert told.get("stored") == len(body), told
            sent += len(body)
    return sent


def processors(*pids: int) -> float:
    """The processor seconds that processes and their ended children have used."""
    taken = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        taken += sum(map(int, fields[11:15]))
    return taken / TICK


def of_postgres(url: str) -> Callable[[], float]:
    """A function that returns the processor seconds used so far by the server of a database.

    The server must run on this machine.
    """
    with Other(url) as database:
        [(backend,)] = database.rows("SELECT pg_backend_pid()")
    main = int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])
    children = Path(f"/proc/{main}/task/{main}/children")
    return lambda: processors(main, *map(int, children.read_text().split()))


def size(url: str) -> int:
    """The size of the database in bytes, without its write-ahead log."""
    if not ON_POSTGRES:
        return path_of(url).stat().st_size
    with Other(url) as database:
        [(found,)] = database.rows("SELECT pg_database_size(current_database())")
    return int(found)


def measure() -> None:
    """Measure the engine that SPEC_DATABASE_URL names, and print a line of figures."""
    leave_the_processor()
    with (
        TemporaryDirectory() as folder,
        serving(Path(folder), GROWTH_CPU=str(SERVED)) as server,
    ):
        empty = size(server.database_url)
        of_engine = of_postgres(server.database_url) if ON_POSTGRES else lambda: 0.0
        pid, began = server.process.pid, time.monotonic()
        before = processors(pid), of_engine()
        count = send(server, round(VISITORS * SCALE))
        after, took = (processors(pid), of_engine()), time.monotonic() - began
        server.stop()  # a stopping server writes its log into the file
        grown = size(server.database_url) - empty
    growth, engine = (
        1e6 * (late - early) / count for early, late in zip(before, after, strict=True)
    )
    name = "PostgreSQL" if ON_POSTGRES else "SQLite"
    line(name, *(f"{each:,.0f}" for each in (count, grown / count, growth, engine, count / took)))


def line(name: str, *figures: str) -> None:
    print(f"  {name:<12}", *(f"{each:>10}" for each in figures), flush=True)


def main() -> None:
    heading("sizes: bytes on disk and processor time of a fact")
    line("", "facts", "bytes", "growth µs", "engine µs", "facts/s")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        given = os.environ.get("DATABASE_URL")
        url = given or stack.enter_context(postgres.serving(folder, **postgres.DURABLE))
        for server in ("", url):
            environ = os.environ | {"SPEC_DATABASE_URL": server}
            subprocess.run([sys.executable, __file__, "measure"], env=environ, check=True)


if __name__ == "__main__":
    measure() if sys.argv[1:] == ["measure"] else main()
