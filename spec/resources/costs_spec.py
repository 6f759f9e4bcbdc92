"""POST /costs."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from service import Service, cost, pageview, problem

from growth.database.statements import database
from growth.database.tables import CostRecord

NAMES = ("source", "medium", "campaign", "content")


def stored(*columns: str) -> list[tuple[Any, ...]]:
    rows = CostRecord.select(*(getattr(CostRecord, name) for name in columns))
    return list(rows.order_by(CostRecord.day, CostRecord.campaign).tuples())


class DescribeTheAnswer:
    def it_counts_new_figures_known_ones_and_restatements(self, service: Service) -> None:
        answers = [service.store("/costs", cost(amount=amount)) for amount in (12, "12.00", 13)]

        assert [(told["stored"], told["duplicates"]) for told in answers] == [
            (1, 0),
            (0, 1),
            (1, 0),
        ]
        assert stored("amount") == [(1_300,)]

    def it_lets_the_later_win_within_a_batch(self, service: Service) -> None:
        told = service.store("/costs", cost(amount=1), cost(amount=2), cost(amount=1))

        assert told["stored"] == 3
        assert stored("amount") == [(100,)]

    @pytest.mark.parametrize(
        ("amount", "currency", "units"),
        [("0.125", "EUR", 12), (0.375, "EUR", 38), ("1.5", "JPY", 2), ("-0.015", "EUR", -2)],
    )
    def it_keeps_the_nearest_that_the_currency_has(
        self, service: Service, amount: Any, currency: str, units: int
    ) -> None:
        service.store("/costs", cost(amount=amount, currency=currency))

        assert stored("amount") == [(units,)]

    def it_restates_the_currency_and_the_counts_too(self, service: Service) -> None:
        service.store("/costs", cost(clicks=7))
        service.store("/costs", cost(amount=9, currency="USD"))

        assert stored("amount", "currency", "clicks") == [(900, "USD", None)]

    @pytest.mark.parametrize("field", ["day", *NAMES])
    def it_keeps_figures_of_other_names_and_days_apart(self, service: Service, field: str) -> None:
        other = "2026-11-21" if field == "day" else "other"

        assert service.store("/costs", cost(), cost(**{field: other}))["stored"] == 2

    def it_stores_the_good_items_of_a_batch_and_names_the_others(self, service: Service) -> None:
        result = service.post("/costs", [cost(), cost(day="today"), 7])

        assert result.json == {
            "stored": 1,
            "duplicates": 0,
            "rejected": [
                {"index": 1, "errors": {"day": ["Must be a day such as 2023-01-20."]}},
                {"index": 2, "errors": {"_schema": ["Must be a JSON object."]}},
            ],
        }

    def it_is_a_422_for_a_single_bad_item(self, service: Service) -> None:
        told = problem(service.post("/costs", cost(amount="much")), 422)

        assert list(told["errors"]) == ["amount"]
        assert stored("amount") == []

    def it_takes_lines_of_json(self, service: Service) -> None:
        lines = '{"day": "2026-11-20", "source": "tv", "amount": 5, "currency": "EUR"}\n' * 2

        result = service.send("/costs", lines, "application/x-ndjson")

        assert result.json == {"stored": 1, "duplicates": 1, "rejected": []}

    def it_is_kept_however_old_it_is(self, make_service: Any) -> None:
        service = make_service(GROWTH_RETENTION_DAYS="30")

        assert service.store("/costs", cost(day="2019-01-01"))["stored"] == 1


class DescribeTheChannel:
    @pytest.mark.parametrize(
        "tags",
        [
            pytest.param(("google", "cpc", "spring", ""), id="search"),
            pytest.param(("facebook", "paid_social", "NY & more", "a=b"), id="social"),
            pytest.param(("newsletter", "email", "", ""), id="email"),
            pytest.param(("the-quiet-hour", "audio", "Hösts 100%", "+"), id="audio"),
            pytest.param(("google", "cpc", "EU Shopping", ""), id="by the campaign's name"),
            pytest.param(("direct", "cpc", "", ""), id="direct"),
            pytest.param(("tv", "spot", "", ""), id="nothing known"),
        ],
    )
    def it_is_that_of_a_visit_tagged_with_the_same_names(
        self, service: Service, tags: tuple[str, ...]
    ) -> None:
        named = dict(zip(NAMES, tags, strict=True))
        url = urlencode([(f"utm_{name}", text) for name, text in named.items() if text])
        service.store("/pageviews", pageview(url=f"https://www.example.com/en?{url}"))
        service.store("/costs", cost(**named))

        columns = ", ".join(("channel", "paid", *(f"coalesce({name}, '')" for name in NAMES)))
        rows = [
            database.execute_sql(f"SELECT {columns} FROM {table}").fetchall()
            for table in ("visits", "costs")
        ]
        assert rows[0] == rows[1] != []


class DescribeTheDay:
    @pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
    @pytest.mark.parametrize(
        ("start", "to", "cost_told"),
        [
            ("2026-11-20", "2026-11-21", 12.5),
            ("2026-11-19", "2026-11-20", None),
            ("2026-11-21", "2026-11-22", None),
            ("2026-11-01", "2026-12-01", 12.5),
        ],
    )
    def it_is_a_day_in_any_zone(
        self, service: Service, zone: str, start: str, to: str, cost_told: float | None
    ) -> None:
        service.store("/costs", cost(), cost(day="1970-01-02"), cost(day="2028-11-22"))

        answer = service.ask(by="source", start=start, to=to, timezone=zone)

        assert answer["totals"]["cost"] == ({} if cost_told is None else {"EUR": cost_told})
        assert service.ask(by="source", timezone=zone)["totals"]["cost"] == {"EUR": 37.5}
