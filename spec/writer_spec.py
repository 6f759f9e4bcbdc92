"""The writer's process, as the recorder sees it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Service
from databases import LOCKED, Other
from peewee import OperationalError

from growth import processes
from growth import writer as module
from growth.attribution.facts import Event
from growth.recorder import Outcome
from growth.wiring import create_ledger
from growth.writer import WriteError, Writer

FACT = Event("trial", 1, "a" * 32, fingerprint="b998")
POISON = Event("trial", 2**63, "b" * 32, fingerprint="b998")  # past 63 bits


def started(service: Service) -> Writer:
    return Writer(create_ledger(service.settings), service.settings)


@pytest.fixture
def writer(service: Service) -> Iterator[Writer]:
    writer = started(service)
    yield writer
    writer.close()


class DescribeTheWriter:
    def it_commits_facts_once(self, service: Service, writer: Writer) -> None:
        assert writer.apply([FACT]) == [Outcome.STORED]
        assert writer.apply([FACT]) == [Outcome.DUPLICATE]
        assert service.facts() == 1

    def it_ends_with_0_when_it_is_closed(self, service: Service) -> None:
        writer = started(service)
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
        self, writer: Writer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        writer.process.kill()
        with monkeypatch.context() as patch:
            patch.setattr(module, "BEGIN", "raise SystemExit(3)")
            with pytest.raises(OperationalError, match="ended again, with 3"):
                writer.apply([FACT])

        assert writer.apply([FACT]) == [Outcome.STORED]

    def it_is_ended_when_it_is_stuck(
        self, service: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "STUCK_SECONDS", 2)
        writer = started(service)
        os.kill(writer.process.pid, signal.SIGSTOP)

        with pytest.raises(OperationalError, match="took more than 2 seconds"):
            writer.apply([FACT])

        assert writer.apply([FACT]) == [Outcome.STORED]
        assert writer.close() == 0

    def it_is_killed_when_it_does_not_end(
        self, service: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(processes, "END_SECONDS", 0.1)
        writer = started(service)
        os.kill(writer.process.pid, signal.SIGSTOP)

        assert writer.close() == -signal.SIGKILL

    def it_says_at_once_that_it_cannot_open_the_database(
        self, service: Service, tmp_path: Path
    ) -> None:
        elsewhere = replace(service.settings, database_url=f"sqlite:///{tmp_path}/none/growth.db")

        with pytest.raises(OperationalError, match="there is no folder"):
            Writer(create_ledger(elsewhere), elsewhere)

    def it_takes_no_code_from_the_folder_it_is_started_in(
        self, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "peewee.py").write_text("raise SystemExit(4)")
        monkeypatch.chdir(tmp_path)
        writer = started(service)

        assert writer.apply([FACT]) == [Outcome.STORED]
        assert writer.close() == 0
