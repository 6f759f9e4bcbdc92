"""A real service on a real database. Specs call its WSGI app without a socket."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from databases import ON_POSTGRES, empty_database
from falcon import testing

from growth import wiring
from growth.app import create_app
from growth.commands.main import main
from growth.database.connecting import connect
from growth.database.statements import database
from growth.database.tables import EventRecord, PageviewRecord
from growth.ledger.ledger import Ledger
from growth.recorder import Recorder
from growth.schemas.times import parse_time
from growth.settings import Settings, load_settings
from growth.wiring import create_ledger

NOW = parse_time("2026-11-22T12:00:00Z")

load_rules, ours = wiring.load_rules, cache(wiring.load_rules)


def load_ours_once(extra: Path | None, hosts: Any, paths: Any) -> Any:
    """Load the rules only once if there is no file of an operator, because loading is slow."""
    return ours(extra, hosts, paths) if extra is None else load_rules(extra, hosts, paths)


wiring.load_rules = load_ours_once


class Service:
    """A service with a database of its own, and a clock that stands at `now`."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.now = NOW
        self.settings: Settings = load_settings({"DATABASE_URL": empty_database(folder), **environ})
        connect(self.settings.database_url, self.settings.threads)
        if not ON_POSTGRES:  # PostgreSQL has `fsync` off, see postgres.py
            database.pragma("synchronous", "off", permanent=True)
        self.ledger: Ledger = create_ledger(self.settings, self.clock)
        self.recorder = Recorder(self.ledger, self.settings.queue_size).start()
        app = create_app(self.settings, self.recorder, self.clock)
        self.client = testing.TestClient(app)

    def clock(self) -> int:
        return self.now

    def post(self, path: str, body: Any, **options: Any) -> testing.Result:
        return self.client.simulate_post(path, json=body, **options)

    def store(self, path: str, *items: dict[str, Any]) -> dict[str, Any]:
        """Post items, assert that none is rejected, and return the answer."""
        result = self.post(path, list(items))
        assert result.status_code == 200, result.text
        assert result.json["rejected"] == []
        answer: dict[str, Any] = result.json
        return answer

    def send(
        self, path: str, body: bytes | str, kind: str = "application/json", **headers: str
    ) -> testing.Result:
        """Post a body unchanged. `Content_Encoding="gzip"` sets the header Content-Encoding."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.simulate_post(path, body=body, headers={"Content-Type": kind, **named})

    def get(self, path: str, query: str = "", **options: Any) -> testing.Result:
        return self.client.simulate_get(path, query_string=query, **options)

    def facts(self) -> int:
        """The number of stored pageviews and events."""
        return sum(record.select().count() for record in (PageviewRecord, EventRecord))

    def ask(self, **params: Any) -> dict[str, Any]:
        """Query the read endpoint and return its answer. `start` stands for `from`."""
        if "start" in params:
            params["from"] = params.pop("start")
        result = self.client.simulate_get("/attribution", params=params)
        assert result.status_code == 200, result.text
        answer: dict[str, Any] = result.json
        return answer

    def growth(self, *words: str, **environ: str) -> Result:
        """Run a command on the same database, with other settings if they are given."""
        environ = {"DATABASE_URL": self.settings.database_url, **environ}
        return CliRunner().invoke(main, list(words), env=environ)

    def close(self) -> None:
        self.recorder.close()
        database.end()


def pageview(**fields: Any) -> dict[str, Any]:
    """A valid pageview, with `fields` added or replaced."""
    return {
        "fingerprint": "b998",
        "url": "https://www.example.com/en",
        "created_at": "2026-11-20T10:00:00Z",
        **fields,
    }


def event(**fields: Any) -> dict[str, Any]:
    """A valid event, with `fields` added or replaced."""
    return {
        "name": "signup",
        "fingerprint": "b998",
        "created_at": "2026-11-20T11:00:00Z",
        **fields,
    }


def cost(**fields: Any) -> dict[str, Any]:
    """A valid cost, with `fields` added or replaced."""
    return {
        "day": "2026-11-20",
        "source": "google",
        "medium": "cpc",
        "campaign": "spring",
        "amount": "12.50",
        "currency": "EUR",
        **fields,
    }


def without(item: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in names}


def problem(result: testing.Result, status: int) -> dict[str, Any]:
    """Assert that the result is a complete problem with this status, and return it."""
    assert result.status_code == status, result.text
    assert result.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = result.json
    assert told["type"] == "about:blank"
    assert told["status"] == status
    assert told["title"]
    assert told["detail"]
    return told
