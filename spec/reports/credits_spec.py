"""Reports that add up the credits of conversions."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from databases import ON_POSTGRES
from histories import DAYS, did, seen
from service import Service

from growth.database.statements import database

pytestmark = pytest.mark.usefixtures("equal_to_its_facts")

SIGNED_UP = 2 * DAYS

CAMPAIGNS = {"by": "campaign,source,channel,day", "last": "30d"}
YEAR = {"by": "day,channel", "start": "2026-01-01", "to": "2027-01-01"}


def totals(service: Service, **params: Any) -> dict[str, Any]:
    found: dict[str, Any] = service.ask(by="campaign", **params)["totals"]
    return found


def sign_up(service: Service, name: str) -> None:
    """Post a visitor's click on an ad and a signup two days later."""
    service.store("/pageviews", seen(0, "ad", fingerprint=name))
    service.store("/events", did(SIGNED_UP, "signup", fingerprint=name))


class DescribePagesAfterAConversion:
    def it_counts_what_persons_saw_lately(self, service: Service) -> None:
        sign_up(service, "phone")
        service.store("/pageviews", seen(SIGNED_UP + 60, "inside"), seen(SIGNED_UP + 90, "inside"))

        assert totals(service)["pages_after"] == 2.0

    def it_is_right_for_who_converts_again(self, service: Service) -> None:
        sign_up(service, "phone")
        service.store("/pageviews", seen(SIGNED_UP + 60, "inside"))
        service.store("/events", did(SIGNED_UP + 120, "purchase"))
        service.store("/pageviews", seen(SIGNED_UP + 180, "inside"))

        assert totals(service)["pages_after"] == 2.0
        assert totals(service, event="purchase")["pages_after"] == 1.0

    def it_is_right_for_who_turns_out_to_be_somebody_known(self, service: Service) -> None:
        sign_up(service, "phone")
        service.store("/pageviews", seen(SIGNED_UP + 60, "inside"))
        service.store("/pageviews", seen(0, "newsletter", fingerprint="laptop", user_id="ada"))

        service.store("/pageviews", seen(SIGNED_UP + 120, "inside", user_id="ada"))

        assert totals(service)["pages_after"] == 2.0
        assert totals(service)["pages_before"] == 2.0


class DescribeTimes:
    def it_forgets_an_extreme_that_was_taken_back(self, service: Service) -> None:
        sign_up(service, "phone")
        service.store("/pageviews", seen(SIGNED_UP - 3_600, "ad", fingerprint="laptop"))
        service.store("/events", did(SIGNED_UP, "signup", fingerprint="laptop"))
        assert totals(service)["time_to_convert"]["fastest"] == 3_600.0

        service.store("/pageviews", seen(SIGNED_UP - 60, "newsletter", fingerprint="laptop"))

        (ad,) = service.ask(by="campaign", campaign="spring")["results"]
        assert ad["time_to_convert"]["fastest"] == SIGNED_UP

    @pytest.mark.parametrize("by", ["campaign", "campaign,landing_page"])
    def it_has_an_exact_average_however_little_credit_there_is(
        self, service: Service, by: str
    ) -> None:
        """With a single credit, the average equals the time to convert."""
        service.store("/pageviews", seen(0.123457, "ad"), seen(89 * DAYS, "newsletter"))
        service.store("/events", did(89 * DAYS, "signup"))

        (ad,) = service.ask(by=by, model="time_decay", campaign="spring")["results"]

        assert ad["conversions"] < 0.001
        assert ad["time_to_convert"] == dict.fromkeys(
            ("average", "fastest", "longest"), 7689599.876543
        )


class DescribeRevenue:
    def it_holds_sums_past_63_bits(self, service: Service) -> None:
        value = {"value": "999999999999", "currency": "CLF"}  # CLF has 4 decimal places
        purchases = [did(n, "purchase", **value) for n in range(1_000)]
        for start in (0, 500):
            service.store("/events", *purchases[start : start + 500])

        assert totals(service, event="purchase")["revenue"] == {"CLF": 999_999_999_999_000.0}

    def it_shares_refunds_too(self, service: Service) -> None:
        service.store("/pageviews", seen(0, "ad"))
        service.store("/events", did(60, "purchase", value="-0.01", currency="EUR"))

        assert totals(service, event="purchase", model="linear")["revenue"] == {"EUR": -0.01}


class DescribeThePlan:
    @pytest.mark.parametrize("params", [CAMPAIGNS, YEAR], ids=["30 days", "a year"])
    def it_reads_credits_from_one_index_alone(
        self, service: Service, caplog: pytest.LogCaptureFixture, params: dict[str, str]
    ) -> None:
        sign_up(service, "phone")
        with caplog.at_level(logging.DEBUG, "peewee"):
            service.ask(**params)

        [(sql, values)] = [
            record.msg
            for record in caplog.records
            if record.name == "peewee" and 'FROM "credits"' in record.msg[0]
        ]

        assert re.search(covered(), plan_of(sql, values))


def covered() -> str:
    """A pattern of plans that read only an index, and only a range of its times."""
    if ON_POSTGRES:
        return r"Index Only Scan using \w*credits\w* on credits.*\n.*Index Cond.*occurred_at"
    return r"SEARCH t\d USING COVERING INDEX credit\w+ \(model=\? AND event=\? AND occurred_at>"


def plan_of(sql: str, values: Any) -> str:
    if ON_POSTGRES:  # PostgreSQL would scan a small table
        for each in ("seqscan", "bitmapscan"):
            database.execute_sql(f"SET enable_{each} = off")
    explain = "EXPLAIN" if ON_POSTGRES else "EXPLAIN QUERY PLAN"
    plan = database.execute_sql(f"{explain} {sql}", values).fetchall()
    return "\n".join(row[-1] for row in plan)
