"""A real service on a real SQLite file, asked through its WSGI app."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from falcon import testing

from growth.app import create_app, create_ledger
from growth.database import connect, migrate
from growth.ledger import Ledger
from growth.models.base import database
from growth.recorder import Recorder
from growth.schemas.times import parse_time
from growth.settings import Settings, load_settings

NOW = parse_time("2026-11-22T12:00:00Z")


class Service:
    """A service on a database of its own, with a clock that stands still."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.now = NOW
        self.settings: Settings = load_settings(
            {"DATABASE_URL": f"sqlite:///{folder}/growth.db", **environ}
        )
        migrate(connect(self.settings.database_url))
        self.ledger: Ledger = create_ledger(self.settings, self.clock)
        self.recorder = Recorder(self.ledger.apply, self.settings.queue_size).start()
        app = create_app(self.settings, self.recorder, self.clock)
        self.client = testing.TestClient(app)

    def clock(self) -> int:
        return self.now

    def post(self, path: str, body: Any, **options: Any) -> testing.Result:
        return self.client.simulate_post(path, json=body, **options)

    def store(self, path: str, *items: dict[str, Any]) -> dict[str, Any]:
        """Post items, which must all be taken, and return the answer."""
        result = self.post(path, list(items))
        assert result.status_code == 200, result.text
        assert result.json["rejected"] == []
        answer: dict[str, Any] = result.json
        return answer

    def ask(self, **params: Any) -> dict[str, Any]:
        """The answer of the read endpoint, which must be one; `start` asks for `from`."""
        if "start" in params:
            params["from"] = params.pop("start")
        result = self.client.simulate_get("/attribution", params=params)
        assert result.status_code == 200, result.text
        answer: dict[str, Any] = result.json
        return answer

    def close(self) -> None:
        self.recorder.close()
        database.close()


@pytest.fixture
def make_service(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Makes services one after the other; the latest is the one in force."""
    made: list[Service] = []

    def make(**environ: str) -> Service:
        if made:
            made[-1].close()
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(Service(folder, **environ))
        return made[-1]

    yield make
    if made:
        made[-1].close()


@pytest.fixture
def service(make_service: Callable[..., Service]) -> Service:
    return make_service()
