"""Several processes write about the same few persons. They wait in turn; none is refused."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from histories import time_at
from live import Server, post_once, serving

pytestmark = pytest.mark.postgres

VISITORS, USERS, WRITERS, BATCHES, SIZE = 60, 20, 4, 12, 20


def fact(draw: random.Random, name: str) -> tuple[str, dict[str, Any]]:
    at, visitor = time_at(draw.randrange(90 * 86_400)), f"f{draw.randrange(VISITORS)}"
    user_id = draw.choice([None, f"u{draw.randrange(USERS)}"])
    who = {"fingerprint": visitor, "user_id": user_id, "created_at": at, "id": name}
    if draw.random() < 0.6:
        return "/pageviews", {**who, "url": "https://shop.example.com/?utm_source=news"}
    return "/events", {**who, "name": draw.choice(["signup", "purchase", "lead"])}


class DescribeACrowd:
    def it_waits_in_turn(self, tmp_path: Path) -> None:
        """Two services share one database, and four writers send to each."""
        with serving(tmp_path) as one, serving(tmp_path) as other:

            def write(server: Server, writer: str) -> list[int]:
                draw = random.Random(writer)
                statuses = []
                for batch in range(BATCHES):
                    facts = [fact(draw, f"{writer}-{batch}-{place}") for place in range(SIZE)]
                    for path in ("/pageviews", "/events"):
                        items = [body for to, body in facts if to == path]
                        statuses += [post_once(server, path, items)[0]] if items else []
                return statuses

            with ThreadPoolExecutor(2 * WRITERS) as pool:
                told = [
                    pool.submit(write, server, f"{place}{writer}")
                    for place, server in enumerate((one, other))
                    for writer in range(WRITERS)
                ]
                statuses = [status for each in told for status in each.result()]

            assert set(statuses) == {200}
            checked = one.growth("rebuild", "--check")
            assert checked.returncode == 0, checked.stdout
