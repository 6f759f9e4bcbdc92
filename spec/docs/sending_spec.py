"""docs/sending.md and README.md: their Python examples send to a real service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import httpx
import pytest
from databases import Other
from documents import blocks
from live import WRITTEN_URL, Server, free_port, serving

CLIENT = [block for block in blocks("python") if "EventSender" in block.text]
[QUEUE] = [block for block in blocks("python") if "def forward" in block.text]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server")) as running:
        yield running


def run(text: str, url: str, folder: Path) -> dict[str, Any]:
    """Run Python of a document in a folder, with the URL of the service; return its variables."""
    namespace: dict[str, Any] = {}
    with chdir(folder):
        exec(text.replace(WRITTEN_URL, url), namespace)  # the text is ours
    return namespace


def count(server: Server) -> int:
    with Other(server.database_url) as other:
        [(facts,)] = other.rows(
            "SELECT (SELECT COUNT(*) FROM events) + (SELECT COUNT(*) FROM pageviews)"
        )
    return int(facts)


class DescribeTheClient:
    @pytest.mark.parametrize("block", CLIENT, ids=lambda block: block.place)
    def it_sends_as_it_is_shown(self, server: Server, tmp_path: Path, block: Any) -> None:
        before, calls = count(server), block.text.count("sender.event(")

        sender = run(block.text, server.url, tmp_path)["sender"]
        assert sender.sync or sender.flush(30)
        sender.close()

        assert (tmp_path / "growth-spool.db").exists() == ("spool=" in block.text)
        assert count(server) == before + calls + block.text.count("sender.pageview(")


class DescribeAConsumer:
    def it_returns_what_is_refused(self, server: Server, tmp_path: Path) -> None:
        forward = run(QUEUE.text, server.url, tmp_path)["forward"]
        good, bad = {"name": "ping", "user_id": "u", "id": "q-1"}, {"name": "ping", "id": "q-2"}
        before = count(server)

        assert forward([good, bad]) == [bad]
        assert forward([bad]) == [bad]
        assert forward([good]) == []
        assert count(server) == before + 1

    def it_raises_what_must_come_again(self, tmp_path: Path) -> None:
        forward = run(QUEUE.text, f"http://127.0.0.1:{free_port()}", tmp_path)["forward"]

        with pytest.raises(httpx.TransportError):
            forward([{"name": "ping", "user_id": "u"}])
