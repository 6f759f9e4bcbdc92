"""What writing costs, beside what the stack below could do at best, measured in one run over HTTP.

Prints a table of ratios with their limits. Run by `make bench`; takes some minutes. Needs `wrk`.
Give it a smaller number than the 1,000,000 pageviews it stores to have it sooner.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any

import falcon
import waitress

sys.path.insert(0, str(Path(__file__).parent.parent))
from live import Server, free_port, growth, serving

from growth.app import Connection
from growth.database.connecting import connect
from growth.database.engines.sqlite import PRAGMAS
from growth.ledger.ledger import now_us
from growth.listening import adjustments, listen, raise_file_limit
from growth.loop import Loop
from growth.recorder import Recorder
from growth.resources.facts import Facts
from growth.schemas.facts import load_pageview
from growth.settings import load_settings
from growth.wiring import create_ledger

CONNECTIONS, BATCH = 64, 100
ROUNDS, SECONDS = 5, 3
FEW, MANY = 10_000, 1_000_000

LUA = """
local number, thread, size = 0, 0, %(size)d
local threads = 0
function setup(each) each:set("thread", threads); threads = threads + 1 end
local function page()
  number = number + 1
  return string.format('{"fingerprint":"f%%d","id":"%%d-%%d-%(run)s","referrer_url":' ..
    '"https://www.google.com/","url":"https://shop.example/p%%d?utm_source=news&utm_campaign=c%%d"}',
    math.random(100000), thread, number, number %% 50, number %% 7)
end
function request()
  local pages = {}
  for place = 1, size do pages[place] = page() end
  local body = table.concat(pages, ",")
  if size > 1 then body = "[" .. body .. "]" end
  return wrk.format("POST", "/pageviews", {["Content-Type"] = "application/json"}, body)
end
"""


class Nothing:
    """Reads the body and answers."""

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        req.bounded_stream.read()
        resp.media = {"stored": 1, "duplicates": 0, "rejected": []}


class Naive(Recorder):
    """One transaction per request, one request after the other."""

    lock = threading.Lock()

    def record(self, facts: Any) -> Any:
        with self.lock:
            return self.apply(facts)


def serve_other(kind: str) -> None:
    """Serve what the service is compared with: by waitress as it comes, with the same settings.

    Or, as `looped`, in the service's own loop.
    """
    settings = load_settings()
    connect(settings.database_url)
    raise_file_limit()
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    naive = Naive(create_ledger(settings).apply, settings.queue_size)
    app = falcon.App(middleware=[Connection()] if kind == "naive" else [])
    app.add_route(
        "/pageviews", Facts(naive, load_pageview, now_us) if kind == "naive" else Nothing()
    )
    if kind != "looped":
        waitress.serve(app, threads=settings.threads, _quiet=True, **adjustments(settings))
    loop = Loop()
    listen(settings, app, loop, threads=1)
    while True:
        loop.turn(seconds=1)


@contextmanager
def other(kind: str, folder: Path) -> Iterator[str]:
    environ = {"DATABASE_URL": f"sqlite:///{folder}/{kind}.db", "PORT": str(free_port())}
    growth(environ, "migrate", "--quiet")
    with subprocess.Popen([sys.executable, __file__, kind], env=environ) as process:
        try:
            wait_until_listening(int(environ["PORT"]))
            yield f"http://127.0.0.1:{environ['PORT']}"
        finally:
            process.kill()


def wait_until_listening(port: int) -> None:
    until = time.monotonic() + 30
    while True:
        with closing(socket.socket()) as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                return
        assert time.monotonic() < until
        time.sleep(0.05)


def load(url: str, size: int = 1, seconds: int = SECONDS) -> tuple[float, float]:
    """Requests per second and the 99th percentile in milliseconds, by wrk."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(LUA % {"size": size, "run": time.time_ns()})
        script.flush()
        command = [
            "wrk",
            "-t2",
            f"-c{CONNECTIONS if size == 1 else 4}",
            f"-d{seconds}",
            "--latency",
        ]
        told = subprocess.check_output([*command, "-s", script.name, url], text=True)
    assert "Non-2xx" not in told, told
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    slowest = re.search(r"99%\s+([\d.]+)(us|ms|s)", told)
    assert rate is not None, told
    assert slowest is not None, told
    return float(rate[1]), float(slowest[1]) * {"us": 0.001, "ms": 1, "s": 1_000}[slowest[2]]


def bare_inserts(folder: Path) -> float:
    """Pageviews per second of executemany with a visitor's upsert, a hundred a transaction."""
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
        (first,) = database.execute("SELECT COUNT(*) FROM pageviews").fetchone()
        count, began = first, time.perf_counter()
        while time.perf_counter() < began + SECONDS:
            rows = [
                (page["fingerprint"], now_us(), page["id"], page["url"], page["referrer_url"])
                for page in pages(count, BATCH)
            ]
            database.execute("BEGIN IMMEDIATE")
            database.executemany("INSERT INTO pageviews VALUES (?, ?, ?, ?, ?)", rows)
            database.executemany(
                "INSERT INTO visitors VALUES (?, 1)"
                " ON CONFLICT (fingerprint) DO UPDATE SET pageviews = pageviews + 1",
                [row[:1] for row in rows],
            )
            database.execute("COMMIT")
            count += BATCH
        return (count - first) / (time.perf_counter() - began)


def pages(start: int, size: int) -> list[dict[str, Any]]:
    return [
        {
            "fingerprint": f"f{number * 7919 % 100_000}",
            "id": f"{number}",
            "url": f"https://shop.example/p{number % 50}?utm_campaign=c{number % 7}&utm_source=n",
            "referrer_url": "https://www.google.com/",
        }
        for number in range(start, start + size)
    ]


def fill(server: Server, start: int, end: int) -> float:
    """Send pageviews; return the seconds that the service took for each."""
    taken = 0.0
    with closing(HTTPConnection("127.0.0.1", int(server.environ["PORT"]), timeout=60)) as at:
        for place in range(start, end, 500):
            body = json.dumps(pages(place, 500))
            began = time.perf_counter()
            at.request("POST", "/pageviews", body, {"Content-Type": "application/json"})
            answer = at.getresponse()
            told = answer.read()
            taken += time.perf_counter() - began
            assert answer.status == 200, told
    return taken / (end - start)


def show(name: str, ratio: float, limit: str, detail: str) -> None:
    print(f"{name:<44} {ratio:>7.2f}   {limit:<8} {detail}", flush=True)


def rounds(folder: Path) -> Iterator[tuple[Any, ...]]:
    """What was measured in each round; all of it beside the same other load of the machine."""
    with (
        other("nothing", folder) as nothing,
        other("looped", folder) as looped,
        other("naive", folder) as naive,
        serving(folder) as server,
    ):
        for _ in range(ROUNDS):
            singles = [load(url) for url in (nothing, looped, naive, server.url)]
            batches, _ = load(server.url, BATCH)
            yield *singles, (batches * BATCH,), bare_inserts(folder)


def main(many: int) -> None:
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is missing; on Debian: apt-get install wrk")
    print(f"{'writes':<44} {'ratio':>7}   limit")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measured = list(rounds(folder))
        nothing, looped, naive, ours, batches = (
            median(each[place][0] for each in measured) for place in range(5)
        )
        bare = median(each[5] for each in measured)
        p99, nothing_p99 = (median(each[place][1] for each in measured) for place in (3, 0))
        told = f"{ours:,.0f}/s, {nothing:,.0f}/s"
        show("single pageviews, to an app that does nothing", ours / nothing, ">= 0.45", told)
        show("  to that app in our own loop", ours / looped, "", f"{looped:,.0f}/s")
        show(
            "  their p99, to that of the app",
            p99 / nothing_p99,
            "< 4",
            f"{p99:.0f} ms, {nothing_p99:.0f} ms",
        )
        show("  to one transaction per request", ours / naive, ">= 3", f"{naive:,.0f}/s")
        told = f"{batches:,.0f}/s, {bare:,.0f}/s"
        show("batches of 100, to bare executemany", batches / bare, ">= 0.35", told)
    early = [young() for _ in range(ROUNDS)]
    with tempfile.TemporaryDirectory() as name, serving(Path(name)) as server:
        fill(server, 0, FEW)
        little = server.memory("VmRSS")
        fill(server, FEW, many)
        much, late = server.memory("VmRSS"), [speeds(server) for _ in range(ROUNDS)]
        told = f"{much / 1024:.0f} MiB, {little / 1024:.0f} MiB"
        show(f"resident size at {many:,}, to 10,000", much / little, "<= 1.3", told)
    for place, kind in enumerate(("alone", "in batches of 100", "in batches of 500, one by one")):
        few, lots = (1e6 / median(each[place] for each in found) for found in (early, late))
        told = f"{lots:.0f} µs, {few:.0f} µs"
        show(f"cost of one {kind}", lots / few, "<= 1.5", told)


def young() -> tuple[float, ...]:
    """The speeds of a service that has few pageviews yet."""
    with tempfile.TemporaryDirectory() as name, serving(Path(name)) as server:
        fill(server, 0, FEW)
        return speeds(server)


def speeds(server: Server) -> tuple[float, ...]:
    """Pageviews a second, one at a time and in batches by wrk, and in batches of one client."""
    alone, _ = load(server.url, seconds=1)
    batches, _ = load(server.url, BATCH, seconds=1)
    start = time.time_ns()
    return alone, batches * BATCH, 1 / fill(server, start, start + FEW)


if __name__ == "__main__":
    if sys.argv[1:] in (["nothing"], ["looped"], ["naive"]):
        serve_other(sys.argv[1])
    main(int(sys.argv[1]) if sys.argv[1:] else MANY)
