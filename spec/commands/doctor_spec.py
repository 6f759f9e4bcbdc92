"""growth doctor."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from databases import Other, migrated_past
from service import Service, event, pageview

from growth.commands.main import main
from growth.database.tables import EventRecord

CHECKS = ["settings", "database", "permissions", "tables", "disk", "clock", "rebuild"]


def wrong(result: Result) -> dict[str, str]:
    """The message of each check that failed. Asserts that the exit code is 1 if there is one."""
    found = {each["check"]: each["told"] for each in json.loads(result.output) if not each["ok"]}
    assert result.exit_code == bool(found)
    return found


class DescribeDoctor:
    def it_finds_nothing_wrong_with_a_good_installation(self, service: Service) -> None:
        service.store("/pageviews", pageview())
        service.store("/events", event())

        result = service.growth("doctor")

        assert result.exit_code == 0, result.output
        assert [line.split()[:2] for line in result.output.splitlines()] == [
            ["ok", check] for check in CHECKS
        ]
        assert wrong(service.growth("doctor", "--json")) == {}

    def it_tells_each_bad_setting(self, service: Service) -> None:
        found = service.growth("doctor", "--json", PORT="web", GROWTH_TREADS="4")

        told = [each["told"] for each in json.loads(found.output)]
        assert found.exit_code == 1
        assert told == [
            "GROWTH_TREADS: there is no such setting; did you mean GROWTH_THREADS?",
            "PORT='web': Must be a whole number from 1 to 65535.",
        ]

    @pytest.mark.sqlite
    @pytest.mark.parametrize(
        ("url", "message"),
        [
            ("sqlite:///nowhere/growth.db", "run: growth serve --init"),
            ("sqlite:///growth.db", "to create it, run: growth migrate"),
            ("mysql://host/growth", "must be sqlite:///path or postgresql://"),
        ],
    )
    def it_tells_a_database_that_cannot_be_opened(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, message: str
    ) -> None:
        monkeypatch.chdir(tmp_path)

        result = CliRunner().invoke(main, ["doctor", "--json"], env={"DATABASE_URL": url})

        assert message in wrong(result)["database"]
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.sqlite
    def it_tells_a_database_of_another_user(
        self, service: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 4_711)

        assert "as that user" in wrong(service.growth("doctor", "--json"))["database"]

    def it_tells_a_database_that_takes_no_writes(self, service: Service, other: Other) -> None:
        assert other.lock()

        found = wrong(service.growth("doctor", "--json"))

        assert "Another process holds the lock" in found["permissions"]

    def it_tells_a_rebuild_that_is_due(self, service: Service) -> None:
        service.store("/events", event())
        service.growth("rebuild")

        found = wrong(service.growth("doctor", "--json", GROWTH_LOOKBACK_DAYS="30"))

        assert found == {"rebuild": "growth rebuild is due: GROWTH_LOOKBACK_DAYS changed"}

    def it_tells_a_clock_that_is_behind(self, service: Service) -> None:
        service.store("/events", event())
        EventRecord.update(created_at=EventRecord.created_at + 10**16).execute()

        assert "set the clock" in wrong(service.growth("doctor", "--json"))["clock"]

    def it_tells_tables_of_another_version(self, service: Service, other: Other) -> None:
        with migrated_past(other):
            found = wrong(service.growth("doctor", "--json"))

        assert "the database is newer than this version of growth: it has 9999_x" in found["tables"]


class DescribeJson:
    @pytest.mark.parametrize(
        ("words", "members"),
        [
            (("routes",), {"method", "path", "purpose"}),
            (("rebuild", "--check"), {"different", "first"}),
            (("erase", "--user", "u-1"), {"facts", "unknown"}),
            (("purge",), {"purged"}),
            (("rejects", "drop", "--all"), {"dropped"}),
            (("rejects", "replay", "--all"), {"stored", "refused"}),
            (("webhook-url", "meta"), {"url", "verify token", "app secret"}),
        ],
    )
    def it_is_what_a_command_prints(
        self, service: Service, words: tuple[str, ...], members: set[str]
    ) -> None:
        result = service.growth(
            *words,
            "--json",
            GROWTH_RETENTION_DAYS="30",
            GROWTH_META_APP_SECRET="s",
            GROWTH_META_VERIFY_TOKEN="t",
        )

        told = json.loads(result.stdout)
        first = told[0] if isinstance(told, list) else told
        assert set(first) == members
