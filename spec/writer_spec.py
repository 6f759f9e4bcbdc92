"""The writer's process, as the recorder sees it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import Service
from databases import LOCKED, Other
from peewee import OperationalError

from growth import writer as module
from growth.attribution.facts import Event
from growth.recorder import Outcome
from growth.writer import WriteError, Writer

FACT = Event("trial", 1, "a" * 32, fingerprint="b998")
POISON = Event("trial", 2**63, "b" * 32, fingerprint="b998")  # past 63 bits


@pytest.fixture
def writer(service: Service) -> Iterator[Writer]:
    writer = Writer(service.settings)
    yield writer
    writer.close()


class DescribeTheWriter:
    def it_commits_facts_once(self, service: Service, writer: Writer) -> None:
        assert writer.apply([FACT]) == [Outcome.STORED]
        assert writer.apply([FACT]) == [Outcome.DUPLICATE]
        assert service.facts() == 1

    def it_ends_with_0_when_it_is_closed(self, service: Service) -> None:
        writer = Writer(service.settings)
        writer.apply([FACT])

        assert writer.close() == 0

    def it_tells_where_it_failed_and_goes_on(self, service: Service, writer: Writer) -> None:
        with pytest.raises(WriteError, match=r"(?s)Traceback .*ledger.*(OverflowError|DataError)"):
            writer.apply([POISON])

        assert writer.apply([FACT]) == [Outcome.STORED]

    def it_says_why_the_database_does_not_take_it(
        self, other: Other, service: Service, writer: Writer
    ) -> None:
        writer.apply([])
        other.lock()

        with pytest.raises(OperationalError, match=LOCKED):
            writer.apply([FACT])

        other.unlock()
        assert writer.apply([]) == []
        assert writer.apply([FACT]) == [Outcome.STORED]

    def it_is_started_again_when_it_was_killed(self, service: Service, writer: Writer) -> None:
        writer.process.kill()

        assert writer.apply([FACT]) == [Outcome.STORED]

    def it_is_trouble_with_the_database_if_it_ends_again_and_again(
        self, service: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "BEGIN", "raise SystemExit(3)")
        writer = Writer(service.settings)

        with pytest.raises(OperationalError, match="ended twice"):
            writer.apply([FACT])

        assert writer.close() == 3
        monkeypatch.undo()
        assert writer.apply([FACT]) == [Outcome.STORED]
        assert writer.close() == 0
