"""Several processes on one database store the same rows and give the same answers as one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from itertools import groupby
from random import Random
from typing import Any

import pytest
from histories import DAYS, HOURS, did, seen, without_history
from live import Server, connection, get, post, serving
from patience import wait_until
from random_histories import Fact

from growth.attribution.credit import MODELS
from growth.attribution.identity import CLIENT_MISTAKE, SHARED_TERMINAL

PROCESSES, WRITERS = 4, 4

ARRIVALS = ["direct", "inside", "search", "ad", "newsletter", "blog", "paypal"]
NAMES = ["signup", "trial", "purchase", "purchase", "click"]

QUESTIONS = [
    "by=channel,source,campaign&event=signup",
    "by=day&event=purchase",
    "by=campaign,country&include=users",
    "by=landing_page&event=purchase",
    "by=hour&timezone=Asia/Kolkata&limit=1000",
    "by=visit_duration",
    "by=conversion&include=touches&limit=1000",
    "by=user&include=touches&limit=1000",
    "by=visit&limit=1000",
    "by=event&limit=1000",
    *(f"by=channel,day&event=purchase&model={model}" for model in MODELS),
]


def history(draw: Random) -> list[Fact]:
    """Facts of people with several devices and of devices with several people, in order of time."""
    facts = [random_fact(draw) for _ in range(300)]
    for n in range(SHARED_TERMINAL + 3):
        facts.append(("/pageviews", seen(n * HOURS, "ad", fingerprint="kiosk", user_id=f"u{n}")))
    for n in range(CLIENT_MISTAKE + 3):
        facts.append(("/pageviews", seen(n * 60, "search", fingerprint=f"m{n}", user_id="nobody")))
    return sorted(facts, key=lambda fact: fact[1]["created_at"])


def random_fact(draw: Random) -> Fact:
    who: dict[str, Any] = {"fingerprint": f"f{draw.randrange(12)}"}
    if draw.random() < 0.3:
        who["user_id"] = f"u{draw.randrange(6)}"
    at = draw.randrange(20 * DAYS) / 4
    if draw.random() < 0.7:
        return "/pageviews", seen(
            at, draw.choice(ARRIVALS), country=draw.choice(["DE", "US"]), **who
        )
    if "user_id" in who and draw.random() < 0.5:
        who["fingerprint"] = None
    money = {"value": draw.choice(["9.99", "10"]), "currency": draw.choice(["EUR", "USD"])}
    return "/events", did(at, draw.choice(NAMES), **money, **who)


def deliver(server: Server, facts: Sequence[Fact], draw: Random) -> None:
    """Post facts a few at a time, from the last to the first. Repeat a post until it is stored."""
    with closing(connection(server, timeout=60)) as at:
        left = list(facts)
        while left:
            batch = [left.pop() for _ in range(min(len(left), draw.randrange(1, 9)))]
            for path, items in groupby(sorted(batch, key=path_of), key=path_of):
                bodies = [body for _, body in items]
                wait_until(lambda: is_stored(at, path, bodies), 60, "it stays busy")  # noqa: B023


def is_stored(at: HTTPConnection, path: str, bodies: list[dict[str, Any]]) -> bool:
    """Post bodies, and return whether they were stored. If not, the database must be busy."""
    status, told = post(at, path, bodies)
    assert status in (200, 503), told
    assert status == 503 or told["rejected"] == []
    return status == 200


def path_of(fact: Fact) -> str:
    return fact[0]


def answers(server: Server) -> str:
    replies = [get(server, f"/attribution?{each}") for each in QUESTIONS]
    assert {reply.status for reply in replies} == {200}
    return json.dumps([without_history(reply.body) for reply in replies])


class DescribeSeveralProcesses:
    def it_gives_what_one_does(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        draw = Random(7)
        facts = history(draw)
        with serving(tmp_path_factory.mktemp("one")) as one:
            deliver(one, facts[::-1], draw)  # `deliver` begins at the end
            expected = answers(one)

        with ExitStack() as stack, ThreadPoolExecutor(PROCESSES * WRITERS) as pool:
            folder = tmp_path_factory.mktemp("many")
            servers = [stack.enter_context(serving(folder)) for _ in range(PROCESSES)]
            parts: list[list[Fact]] = [[] for _ in range(PROCESSES * WRITERS)]
            for fact in (*facts, *draw.sample(facts, 100)):  # some come twice
                draw.choice(parts).append(fact)
            writing = []
            for place, part in enumerate(parts):
                draw.shuffle(part)
                server = servers[place % PROCESSES]
                writing.append(pool.submit(deliver, server, part, Random(place)))
            for each in writing:
                each.result()

            checked = servers[0].growth("rebuild", "--check")
            assert (checked.returncode, checked.stdout) == (0, "0 rows differ\n")
            assert [answers(server) for server in servers] == [expected] * PROCESSES
