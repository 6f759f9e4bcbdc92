"""Two filters of GET /attribution: every pair is answered or refused."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from service import Service

from growth.query.filters import FILTERS
from growth.query.words import ALONE, LEFT_OUT

VALUES = {
    "channel": "Direct",
    "paid": "true",
    "country": "DE",
    "hour": "2026-11-03T11:00:00Z",
    "day": "2026-11-03",
    "week": "2026-W45",
    "month": "2026-11",
    "cohort_week": "2026-W45",
    "cohort_month": "2026-11",
    "status": "open",
}
OTHERS = ("channel", "channel,day", "name", "day")
KEEPING = [name for name in FILTERS if not name.endswith("!")]
PAIRS = [*combinations(KEEPING, 2), *zip(LEFT_OUT, KEEPING[1:], strict=False)]
LAST = {"source": "facebook", "event": "signup", "sort": "occurred_at"}


def value_of(name: str) -> str:
    return VALUES.get(name.removesuffix("!"), "a")


class DescribeTwoFilters:
    @pytest.mark.parametrize("by", [*ALONE, *OTHERS])
    def it_is_answered_or_refused(self, story: Service, by: str) -> None:
        answered = 0
        for pair in PAIRS:
            params = {"by": by, **{name: value_of(name) for name in pair}}
            answer = story.client.simulate_get("/attribution", params=params)

            assert answer.status_code in (200, 400), (pair, answer.text)
            answered += answer.status_code == 200
        assert answered >= 10

    @pytest.mark.parametrize(
        ("filters", "persons"),
        [
            ({}, ["a"]),
            ({"fingerprint": "a"}, ["a"]),
            ({"fingerprint": "c"}, []),
            ({"day": "2026-11-03"}, ["a"]),
            ({"day": "2026-11-04"}, []),
            ({"day!": "2026-11-03"}, []),
            ({"month": "2026-11"}, ["a"]),
            ({"id": "unknown"}, []),
            ({"campaign": "NY", "hour": "2026-11-03T11:00:00Z"}, ["a"]),
            ({"country": "DE", "paid": "true"}, ["a"]),
            ({"country!": "DE"}, []),
        ],
    )
    def it_keeps_conversions_that_pass_both(
        self, story: Service, filters: dict[str, Any], persons: list[str]
    ) -> None:
        found = story.ask(by="conversion", **LAST, **filters)["results"]

        assert [each["fingerprint"] for each in found] == persons
