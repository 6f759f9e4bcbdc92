"""The parameter `metrics`: an answer has the metrics that it names, and no others are computed."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from histories import DAYS, HOURS, did, seen
from service import Service, cost

from growth.query.words import BY_TIME, METRICS

DAY = "2026-03-02"


@pytest.fixture
def busy(service: Service) -> Service:
    """A service with two campaigns, a cost of one, and a visitor with a trial and a signup."""
    service.store(
        "/pageviews",
        seen(0, "ad"),
        seen(HOURS, "newsletter", fingerprint="laptop"),
        seen(2 * HOURS, "newsletter", fingerprint="tablet"),
        seen(3 * DAYS, "inside"),
    )
    service.store("/events", did(DAYS, "trial"), did(2 * DAYS, "signup", value=9, currency="EUR"))
    service.store("/costs", cost(day=DAY, campaign="spring", amount="3"))
    return service


def tables_read(caplog: pytest.LogCaptureFixture) -> set[str]:
    logged = [record.msg[0] for record in caplog.records if record.name == "peewee"]
    return {name for sql in logged for name in re.findall(r'(?:FROM|JOIN) "(\w+)"', sql)}


class DescribeMetrics:
    @pytest.mark.parametrize("name", METRICS)
    def it_has_the_same_value_alone_as_among_all(self, busy: Service, name: str) -> None:
        whole = busy.ask(by="campaign", sort="campaign")
        one = busy.ask(by="campaign", sort="campaign", metrics=name)

        assert one["totals"][name] == whole["totals"][name]
        assert set(one["totals"]) <= {name, "unattributed", "ads"}
        expected = {row["campaign"]: row[name] for row in whole["results"]}
        for row in one["results"]:
            assert set(row) == {"campaign", name}
            assert row[name] == expected[row["campaign"]]

    def it_has_costly_metrics_only_when_named(self, busy: Service) -> None:
        usual = busy.ask(by="day")["totals"]
        whole = busy.ask(by="day", metrics="all")["totals"]

        assert set(usual) == {*METRICS, "unattributed", "ads"}
        assert set(whole) == {*usual, *BY_TIME}

    def it_lists_only_days_with_visits(self, busy: Service) -> None:
        rows = busy.ask(by="day", metrics="active_visitors")["results"]

        assert [row["day"] for row in rows] == [DAY, "2026-03-05"]
        assert rows[0]["active_visitors"]["1d"] == 3

    def it_leaves_out_the_number_of_events(self, busy: Service) -> None:
        answer = busy.ask(by="day", event="start", metrics="active_users")

        assert answer["totals"] == {"active_users": {"1d": 0, "7d": 0, "30d": 0}}

    @pytest.mark.parametrize(
        ("metrics", "tables"),
        [
            ("visits,pageviews", {"rollups", "origins"}),
            ("conversions,revenue,time_to_convert", {"credits", "origins"}),
            ("pages_after", {"credits", "origins", "persons"}),
            ("conversion_rate", {"rollups", "credits", "origins"}),
            ("cost", {"costs"}),
            ("roi", {"costs", "credits", "origins"}),
        ],
    )
    def it_reads_only_the_tables_that_they_need(
        self, busy: Service, caplog: pytest.LogCaptureFixture, metrics: str, tables: set[str]
    ) -> None:
        with caplog.at_level(logging.DEBUG, "peewee"):
            busy.ask(by="campaign", metrics=metrics, sort="campaign")

        assert tables_read(caplog) - {"marks"} == tables

    @pytest.mark.parametrize(
        ("params", "sort"),
        [
            ({"metrics": "visits,conversions"}, "-conversions"),
            ({"metrics": "visits,cost"}, "-visits"),
            ({"metrics": "active_users", "by": "day"}, "day"),
            ({"metrics": "active_users,events", "by": "day", "event": "start"}, "-events"),
        ],
    )
    def it_sorts_by_what_is_answered(self, busy: Service, params: Any, sort: str) -> None:
        assert busy.ask(**params)["query"]["sort"] == sort

    def it_sorts_by_what_is_not_answered(self, busy: Service) -> None:
        rows = busy.ask(by="campaign", metrics="visits", sort="-cost")["results"]

        assert rows[0] == {"campaign": "spring", "visits": 1}
        assert len(rows) == 3
