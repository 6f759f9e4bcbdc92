"""Long work lets others write in between. The daily purge continues after a failure."""

from __future__ import annotations

import time
from typing import Any

import pytest
from databases import Other
from patience import wait_until

from growth.attribution.facts import DAY
from growth.database.tables import MarkRecord, PageviewRecord
from growth.maintenance.keeping import is_shorter, keep_days
from growth.maintenance.purging import DailyPurge
from growth.maintenance.retention import Retention
from growth.maintenance.turns import TURN_SECONDS, in_turns
from growth.schemas.times import format_time

DAYS = 30
KEPT = Retention(events=30 * DAY, pageviews=120 * DAY)


class DescribeTurns:
    def it_ends_a_transaction_after_a_while(self, service: Any) -> None:
        turns = list(in_turns(list("abcd"), lambda unit: time.sleep(TURN_SECONDS * 0.6)))
        assert sum(turns) == 4
        assert len(turns) >= 2

    def it_takes_one_unit_at_least(self, service: Any) -> None:
        assert list(in_turns(["a", "b"], lambda unit: time.sleep(TURN_SECONDS))) == [1, 1]

    def it_leaves_the_lock_to_others_in_between(self, service: Any, other: Other) -> None:
        found: list[bool] = []
        for _ in in_turns(["a"], lambda unit: found.append(other.lock())):
            pass
        assert found == [False]
        for _ in in_turns(["a", "b"], lambda unit: time.sleep(TURN_SECONDS)):
            assert other.lock()
            other.unlock()

    def it_takes_back_only_the_turn_that_failed(self, service: Any) -> None:
        def work(unit: str) -> None:
            MarkRecord.create(name=unit, value="")
            time.sleep(TURN_SECONDS)
            if unit == "b":
                raise ValueError(unit)

        with pytest.raises(ValueError, match="b"):
            list(in_turns(["a", "b"], work))
        assert MarkRecord.get_or_none(MarkRecord.name == "a")
        assert MarkRecord.get_or_none(MarkRecord.name == "b") is None


class DescribeDailyPurge:
    @pytest.fixture
    def old(self, service: Any) -> Any:
        created_at = format_time(service.now - 300 * DAY)
        service.store(
            "/pageviews",
            {"fingerprint": "a", "url": "https://shop.example.com/", "created_at": created_at},
        )
        return service

    def it_purges_on_a_connection_of_its_own(self, old: Any) -> None:
        keep_days(DAYS)
        thread = DailyPurge(old.ledger, KEPT, DAYS)
        thread.start()
        wait_until(lambda: not PageviewRecord.select().exists(), 5, "it purges nothing")

    def it_tries_again_after_a_failure(
        self, old: Any, other: Other, caplog: pytest.LogCaptureFixture
    ) -> None:
        keep_days(DAYS)
        other.lock()
        thread = DailyPurge(old.ledger, KEPT, DAYS)
        assert thread.purge() is False
        assert "tried again" in caplog.text
        other.unlock()
        assert thread.purge() is True

    @pytest.mark.parametrize(("before", "waits"), [(0, True), (31, True), (30, False), (7, False)])
    def it_waits_while_less_is_to_be_kept_than_before(
        self, old: Any, caplog: pytest.LogCaptureFixture, before: int, waits: bool
    ) -> None:
        keep_days(before)

        assert DailyPurge(old.ledger, KEPT, DAYS).purge()

        assert PageviewRecord.select().exists() is waits
        assert ("the daily purge deletes nothing" in caplog.text) is waits

    def it_goes_on_after_a_purge_by_hand(self, old: Any) -> None:
        keep_days(0)
        old.growth("purge", "--yes", GROWTH_RETENTION_DAYS="30")

        assert not is_shorter(DAYS)
