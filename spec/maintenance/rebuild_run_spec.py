"""growth rebuild: shows its progress, resumes when interrupted, and applies new rules."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from copy import copy
from pathlib import Path
from typing import Any

import pytest
from databases import damage
from falcon.testing import TestClient
from histories import derived, did, differences, seen, without_history
from service import Service
from stories import EVENTS, PAGES

from growth.app import create_app
from growth.commands.command import progress
from growth.database.tables import MarkRecord
from growth.maintenance.rebuild import Rebuild
from growth.settings import load_settings
from growth.wiring import create_ledger


class BrokenOffError(Exception):
    """Raised by a spec to interrupt a rebuild."""


MANY = 10_000


def rebuilt(service: Service, calls: int, **environ: str) -> list[int]:
    """Rebuild until `progress` has been called `calls` times; return the arguments of its calls."""
    url = service.settings.database_url
    ledger = create_ledger(load_settings({"DATABASE_URL": url, **environ}), service.clock)
    told: list[int] = []

    def progress(units: int) -> None:
        told.append(units)
        if len(told) == calls:
            raise BrokenOffError

    with suppress(BrokenOffError):
        list(Rebuild(ledger, write=True).run(progress))
    return told


def units(service: Service) -> int:
    """The number of units of work in a whole rebuild."""
    return Rebuild(service.ledger, write=False).total()


class DescribeProgress:
    @pytest.fixture
    def large(self, service: Service) -> Service:
        """A service with 210 visitors, of whom 10 sign up. A rebuild reads them in two steps."""
        devices = [f"device {n:03}" for n in range(210)]
        service.store("/pageviews", *(seen(0, "ad", fingerprint=each) for each in devices))
        service.store("/events", *(did(60, "signup", fingerprint=each) for each in devices[:10]))
        return service

    def it_is_told_all_units(self, large: Service) -> None:
        assert sum(rebuilt(large, calls=MANY)) == units(large) > 2 * 210

    @pytest.mark.parametrize("calls", [1, 4, 6])
    def it_goes_on_where_it_was_broken_off(self, large: Service, calls: int) -> None:
        before = derived()
        damage("UPDATE visits SET channel = 'Email'")
        damage("DELETE FROM credits")

        told = rebuilt(large, calls) + rebuilt(large, calls=MANY)

        assert sum(told) == units(large)
        assert derived() == before
        assert MarkRecord.get_or_none(MarkRecord.name == "rebuild") is None

    def it_starts_over_when_the_rules_are_others(self, large: Service) -> None:
        rebuilt(large, calls=5)

        assert sum(rebuilt(large, calls=MANY, GROWTH_LOOKBACK_DAYS="7")) == units(large)

    def it_is_passed_over_by_a_check(self, large: Service) -> None:
        done = sum(rebuilt(large, calls=5))
        damage("DELETE FROM visits WHERE fingerprint = 'device 000'")

        assert differences(large) != []

        assert done + sum(rebuilt(large, calls=MANY)) == units(large)


def informed(service: Service) -> Service:
    service.store("/pageviews", *PAGES)
    service.store("/events", *EVENTS)
    return service


def answers(service: Service) -> str:
    asked = [
        service.ask(by="conversion", include="touches"),
        service.ask(by="channel,source"),
        service.ask(by="channel,source", event="purchase", model="linear"),
    ]
    return json.dumps([without_history(each) for each in asked])


class DescribeSettingsThatTheDatabaseWasDerivedWith:
    @pytest.mark.parametrize(
        ("variable", "value"),
        [
            ("GROWTH_LOOKBACK_DAYS", "7"),
            ("GROWTH_CONVERSIONS", "signup"),
            ("GROWTH_SITE_HOSTS", "blog.example.org"),
            ("GROWTH_RETURN_PATHS", "/thanks*"),
            ("GROWTH_SOURCES", "sources.toml"),
        ],
    )
    def it_says_that_a_rebuild_is_due_until_there_was_one(
        self, service: Service, tmp_path: Path, monkeypatch: Any, variable: str, value: str
    ) -> None:
        monkeypatch.chdir(tmp_path)
        Path("sources.toml").write_text('[sources.social]\nacme = ["blog.example.org"]', "utf-8")
        informed(service).growth("migrate")
        other = client_of(service, **{variable: value})
        assert service.get("/attribution").headers.get("growth-stale") is None

        told = other.simulate_get("/attribution").headers["growth-stale"]

        assert told.startswith(f"growth rebuild is due: {variable}")
        assert other.simulate_get("/healthz").json == {"status": "ok", "stale": told}
        service.growth("rebuild", **{variable: value})
        assert "growth-stale" not in other.simulate_get("/attribution").headers
        assert "growth-stale" in service.get("/attribution").headers

    def it_is_what_they_are_while_there_are_no_facts(self, service: Service) -> None:
        service.growth("migrate")
        service.growth("migrate", GROWTH_LOOKBACK_DAYS="7")

        told = client_of(service, GROWTH_LOOKBACK_DAYS="7").simulate_get("/attribution")

        assert "growth-stale" not in told.headers


def client_of(service: Service, **environ: str) -> TestClient:
    """A client of the same service, started with other settings."""
    settings = load_settings({"DATABASE_URL": service.settings.database_url, **environ})
    recorder = copy(service.recorder)
    recorder.ledger = create_ledger(settings)
    return TestClient(create_app(settings, recorder))


class DescribeProgressWithoutATerminal:
    def it_is_a_line_every_ten_seconds(self, capsys: pytest.CaptureFixture[str]) -> None:
        seconds = iter(range(0, 1_000, 4))

        with progress(100, "rebuild", lambda: next(seconds)) as tell:
            for _ in range(10):
                tell(10)

        told = capsys.readouterr().err.splitlines()
        assert told == [f"rebuild: {done} of about 100" for done in (30, 60, 90)]


class DescribeNewRules:
    @pytest.mark.parametrize(
        "environ",
        [
            pytest.param({"GROWTH_LOOKBACK_DAYS": "7"}, id="another lookback"),
            pytest.param({"GROWTH_CONVERSIONS": "signup,purchase,unsubscribe"}, id="other events"),
            pytest.param({"GROWTH_SITE_HOSTS": "blog.example.org"}, id="another host of its own"),
            pytest.param({"GROWTH_SOURCES": "sources.toml"}, id="an operator's sources"),
        ],
    )
    def it_applies_to_what_is_stored(
        self,
        make_service: Callable[..., Service],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        environ: dict[str, str],
    ) -> None:
        monkeypatch.chdir(tmp_path)
        Path("sources.toml").write_text('[sources.social]\nacme = ["blog.example.org"]', "utf-8")
        expected = answers(informed(make_service(**environ)))
        old = informed(make_service())
        assert answers(old) != expected

        assert old.growth("rebuild", "--check", **environ).exit_code == 1
        old.growth("rebuild", **environ)

        assert old.growth("rebuild", "--check", **environ).exit_code == 0
        assert answers(old) == expected
