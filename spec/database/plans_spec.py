"""Neither writes nor queries about a person read a whole table."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from databases import ON_POSTGRES
from histories import DAYS, MINUTES, did, seen
from service import Service

from growth.database.statements import database

SCAN = re.compile(r"Seq Scan on (\w+)" if ON_POSTGRES else r"SCAN (t\d+|\w+s)\b(?! CONSTANT)")


def stored(service: Service) -> None:
    """Store facts of a user on two devices, some late, and of an unclaimed visitor who buys."""
    service.store(
        "/pageviews",
        *(seen(day * DAYS, "ad", user_id="ada") for day in range(3)),
        seen(3 * DAYS, "direct", fingerprint="laptop"),
        seen(4 * DAYS, "newsletter", fingerprint="nobody's", id="n-1"),
    )
    service.store(
        "/events",
        did(2 * DAYS, "signup", user_id="ada"),
        did(5 * DAYS, "purchase", fingerprint="nobody's", id="n-2", value=1, currency="EUR"),
    )
    service.store("/pageviews", seen(4 * DAYS + MINUTES, "inside", fingerprint="nobody's"))
    service.store("/pageviews", seen(1 * DAYS + MINUTES, "newsletter", id="n-3"))
    service.store("/events", did(4 * DAYS, "trial", fingerprint="laptop", user_id="ada"))


def asked(service: Service) -> None:
    for who in ({"user_id": "ada"}, {"fingerprint": "nobody's"}, {"fingerprint": "phone"}):
        assert service.ask(**who, include="touches")["results"]
        assert service.ask(**who, by="visit")["results"]
        assert service.ask(**who, by="conversion")["results"]


def queries(caplog: pytest.LogCaptureFixture) -> dict[str, Any]:
    """The queries that were run, each with the parameters of one run."""
    logged = (record.msg for record in caplog.records if record.name == "peewee")
    return {sql: params for sql, params in logged if re.match("[A-Z]+ .*(FROM|SET)", sql)}


def scanned(sql: str, params: Any) -> set[str]:
    """The names or aliases of the tables that the database would read as a whole."""
    explain = "EXPLAIN" if ON_POSTGRES else "EXPLAIN QUERY PLAN"
    plan = database.execute_sql(f"{explain} {sql}", params).fetchall()
    return {name for row in plan for name in SCAN.findall(row[-1])}


class DescribeThePlans:
    @pytest.mark.parametrize("work", [stored, asked], ids=["of writes", "of questions"])
    def it_reads_no_table_from_end_to_end(
        self, service: Service, caplog: pytest.LogCaptureFixture, work: Any
    ) -> None:
        if work is asked:
            stored(service)
        with caplog.at_level(logging.DEBUG, "peewee"):
            work(service)
        found = queries(caplog)

        if ON_POSTGRES:  # PostgreSQL would scan small tables
            database.execute_sql("SET enable_seqscan = off")
        wrong = {sql: names for sql, params in found.items() if (names := scanned(sql, params))}

        assert len(found) > 10
        assert wrong == {}

    @pytest.mark.sqlite  # the plan of PostgreSQL depends on table sizes
    @pytest.mark.parametrize(
        ("filters", "index"),
        [
            ({"category": "rare"}, "events_category"),
            ({"country": "AQ"}, "events_country"),
            ({"category": ["rare", "other"]}, "events_category"),
        ],
    )
    def it_lists_events_from_an_index(
        self, service: Service, caplog: pytest.LogCaptureFixture, filters: Any, index: str
    ) -> None:
        stored(service)
        with caplog.at_level(logging.DEBUG, "peewee"):
            service.ask(by="event", **filters)

        [(sql, params)] = [each for each in queries(caplog).items() if '"events"' in each[0]]
        plan = database.execute_sql(f"EXPLAIN QUERY PLAN {sql}", params).fetchall()
        assert f"USING INDEX {index}" in str(plan)
