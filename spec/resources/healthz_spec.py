"""GET /healthz: whether a fact could be committed and a report answered now."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from databases import Other, migrated_past, without_table
from service import Service, pageview, problem

from growth.database.statements import database
from growth.database.tables import RECORDS
from growth.database.tables.mark import MAINTENANCE_US, announce, end_announced

READER, WRITER = "reader-0123456789", "writer-0123456789"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


class DescribeHealthz:
    def it_is_ok_when_the_database_takes_writes(self, service: Service) -> None:
        result = service.get("/healthz")

        assert result.status_code == 200
        assert result.json == {"status": "ok"}

    def it_gives_the_write_lock_back(self, service: Service) -> None:
        service.get("/healthz")

        service.store("/pageviews", pageview())

    def it_is_503_while_another_process_holds_the_lock(
        self, service: Service, other: Other
    ) -> None:
        other.lock()

        result = service.get("/healthz")

        assert problem(result, 503)["reason"] == "locked"
        assert result.headers["retry-after"] == "1"
        other.unlock()
        assert service.get("/healthz").status_code == 200

    @pytest.mark.parametrize("name", [record.table for record in RECORDS])
    def it_is_503_without_one_of_the_tables(self, service: Service, name: str) -> None:
        with without_table(name):
            result = service.get("/healthz")

        assert problem(result, 503)["reason"] == "incompatible"
        assert name in result.json["cause"]
        assert "retry-after" not in result.headers
        assert service.get("/healthz").status_code == 200

    def it_is_503_after_an_unknown_migration(self, service: Service, other: Other) -> None:
        with migrated_past(other):
            result = service.get("/healthz")

        assert problem(result, 503)["reason"] == "incompatible"
        assert "9999_x" in result.json["cause"]

    @pytest.mark.sqlite
    def it_is_503_where_nothing_can_be_written(self, service: Service) -> None:
        prove = service.ledger.prove

        def in_vain(with_room: bool) -> None:
            database.execute_sql("PRAGMA query_only = ON")
            prove(with_room)

        service.ledger.prove = in_vain  # type: ignore[method-assign]

        result = service.get("/healthz")

        assert problem(result, 503)["reason"] == "read-only"
        assert "retry-after" not in result.headers


class DescribeACheckThatTakesTooLong:
    @pytest.fixture(autouse=True)
    def no_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("growth.database.health.CHECK_SECONDS", -1)
        monkeypatch.setattr("growth.database.engines.sqlite.STEPS", 1)

    def it_is_503_and_blames_no_other_process(self, make_service: Callable[..., Service]) -> None:
        service = make_service(GROWTH_READ_TOKENS=READER)

        told = problem(service.get("/healthz", headers=bearer(READER)), 503)

        assert told["reason"] == "slow"
        assert told["detail"] == "The database did not answer in time."

    def it_is_excused_during_maintenance(self, service: Service) -> None:
        announce("rebuild", service.now)

        assert service.get("/healthz").json == {"status": "ok", "waiting_for": "rebuild"}


class DescribeMaintenance:
    @pytest.mark.parametrize(("age", "status"), [(0, 200), (MAINTENANCE_US, 503)])
    def it_excuses_a_lock_for_a_while(
        self, service: Service, other: Other, age: int, status: int
    ) -> None:
        announce("erase", service.now - age)
        other.lock()

        result = service.get("/healthz")

        other.unlock()
        end_announced()
        assert result.status_code == status
        assert result.json.get("waiting_for") == ("erase" if status == 200 else None)

    def it_excuses_nothing_else(self, service: Service) -> None:
        announce("erase", service.now)

        with without_table("visits"):
            assert service.get("/healthz").status_code == 503


class DescribeTheReason:
    @pytest.mark.parametrize(("token", "is_told"), [("", False), (WRITER, False), (READER, True)])
    def it_is_told_to_who_may_read_and_to_the_log(
        self,
        make_service: Callable[..., Service],
        caplog: pytest.LogCaptureFixture,
        token: str,
        is_told: bool,
    ) -> None:
        service = make_service(GROWTH_READ_TOKENS=READER, GROWTH_WRITE_TOKENS=WRITER)

        with without_table("visits"), caplog.at_level(logging.WARNING):
            result = service.get("/healthz", headers=bearer(token))

        assert ("reason" in problem(result, 503)) == ("visits" in result.text) == is_told
        [record] = [each for each in caplog.records if each.name == "growth.request"]
        assert record.fields["reason"] == "incompatible"  # type: ignore[attr-defined]
        assert "visits" in record.fields["cause"]  # type: ignore[attr-defined]
