"""growth rebuild: tells how far it is, goes on where it was broken off, applies new rules."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from databases import damage
from histories import derived, did, differences, seen, without_history
from service import Service
from stories import EVENTS, PAGES

from growth.database.tables import MarkRecord
from growth.maintenance.rebuild import Rebuild
from growth.settings import load_settings
from growth.wiring import create_ledger


class BrokenOffError(Exception):
    """Raised by a spec to break a rebuild off."""


MANY = 10_000


def rebuilt(service: Service, calls: int, **environ: str) -> list[int]:
    """Rebuild until `progress` was told so often; return what it was told."""
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
    """How many units a rebuild from the beginning has."""
    return Rebuild(service.ledger, write=False).total()


class DescribeProgress:
    @pytest.fixture
    def large(self, service: Service) -> Service:
        """210 visitors, whom a rebuild looks up in two steps; 10 of them sign up."""
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
