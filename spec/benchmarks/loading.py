"""Sends pageviews on many connections. It runs wrk if that is installed, or else this command:

    python spec/benchmarks/loading.py <url> <pageviews per request> <connections> <seconds>

The command prints requests per second and the 99th percentile of response times in milliseconds.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from http.client import HTTPConnection
from random import randrange
from typing import NamedTuple
from urllib.parse import urlsplit

from measuring import quantile

WRK = shutil.which("wrk")
GENERATOR = "wrk" if WRK else "threads of Python (wrk is faster: apt-get install wrk)"
CONNECTIONS = 64

LUA = """
local number, thread, size, threads = 0, 0, %(size)d, 0
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


class Speed(NamedTuple):
    """Requests per second, and the 99th percentile of their response times in milliseconds."""

    rate: float
    p99: float


def load(url: str, size: int, connections: int, seconds: float) -> Speed:
    """Send requests of `size` pageviews, each as soon as the one before it is answered."""
    if not WRK:
        asked = [url, str(size), str(connections), str(seconds)]
        told = subprocess.check_output([sys.executable, __file__, *asked], text=True)
        return Speed(*json.loads(told))
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(LUA % {"size": size, "run": time.time_ns()})
        script.flush()
        options = ["-t1", f"-c{connections}", f"-d{seconds:.0f}", "--latency", "-s", script.name]
        told = subprocess.check_output([WRK, *options, url], text=True)
    assert "Non-2xx" not in told, told
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    slowest = re.search(r"99%\s+([\d.]+)(us|ms|s)", told)
    assert rate is not None, told
    assert slowest is not None, told
    return Speed(float(rate[1]), float(slowest[1]) * {"us": 0.001, "ms": 1, "s": 1_000}[slowest[2]])


def page(number: int) -> dict[str, str]:
    tags = f"utm_source=news&utm_campaign=c{number % 7}"
    return {
        "fingerprint": f"f{randrange(100_000)}",
        "id": f"{time.time_ns()}-{number}",
        "referrer_url": "https://www.google.com/",
        "url": f"https://shop.example/p{number % 50}?{tags}",
    }


def send(url: str, size: int, until: float, taken: list[float]) -> None:
    """Send requests on one connection until a time; append the milliseconds of each to `taken`."""
    with closing(HTTPConnection(urlsplit(url).netloc, timeout=60)) as at:
        while time.monotonic() < until:
            body = json.dumps([page(number) for number in range(size)])
            began = time.monotonic()
            at.request("POST", "/pageviews", body, {"Content-Type": "application/json"})
            answer = at.getresponse()
            told = answer.read()
            assert answer.status == 200, told
            taken.append((time.monotonic() - began) * 1_000)


def main(url: str, size: str, connections: str, seconds: str) -> None:
    taken: list[float] = []
    until = time.monotonic() + float(seconds)
    threads = [
        threading.Thread(target=send, args=(url, int(size), until, taken))
        for _ in range(int(connections))
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    print(json.dumps([len(taken) / float(seconds), quantile(taken, 0.99)]))


if __name__ == "__main__":
    main(*sys.argv[1:])
