"""The formats of numbers, days and times in imported files."""

from __future__ import annotations

from typing import Any

import pytest

from growth.transfer.formats import Formats, day_pattern, decimal_of
from growth.transfer.layouts import named_layouts


class DescribeADecimalSign:
    @pytest.mark.parametrize(
        ("texts", "sign"),
        [
            (["12.5", "7"], "."),
            (["12,50", "7"], ","),
            (["1.204,17"], ","),
            (["1,020.50"], "."),
            (["1.204.000"], ","),
            (["1,204,000"], "."),
            (["1\u202f020,50"], ","),
            (["0.123"], "."),
            (["$1,020.50"], "."),
            (["1,204", "12.50"], "."),
            (["1.204", "12,50"], ","),
            (["12.50", "12.50", "1,50"], "."),
        ],
    )
    def it_is_that_of_most_amounts_that_have_one(self, texts: list[str], sign: str) -> None:
        assert decimal_of(texts, "neither") == sign

    @pytest.mark.parametrize("texts", [[], ["7"], ["1,204"], ["1.204"]])
    def it_is_the_default_if_the_amounts_do_not_show_it(self, texts: list[str]) -> None:
        assert decimal_of(texts, "neither") == "neither"


class DescribeValues:
    @pytest.mark.parametrize(
        ("name", "decimal", "text", "value"),
        [
            ("amount", ".", "12.50", "12.50"),
            ("amount", ".", "1,020.50", "1020.50"),
            ("amount", ".", "1,50", "1,50"),
            ("amount", ".", "$ 7", "7"),
            ("amount", ",", "1.204,17", "1204.17"),
            ("amount", ",", "98,40", "98.40"),
            ("amount", ",", "1\u00a0020,50", "1020.50"),
            ("amount", ",", "12.50", "12.50"),
            ("amount", ",", "-3,5", "-3.5"),
            ("clicks", ".", "18.406", 18_406),
            ("clicks", ",", "1,204", 1_204),
            ("clicks", ".", "1.5", "1.5"),
            ("clicks", ".", "9" * 30, "9" * 30),
            ("created_at", ".", "1793610000", "2026-11-02T09:00:00Z"),
            ("created_at", ".", 1_793_610_000_250, "2026-11-02T09:00:00.250000Z"),
            ("created_at", ".", "1793610000250001", "2026-11-02T09:00:00.250001Z"),
            ("created_at", ".", "2026-11-02 09:00:00", "2026-11-02 09:00:00"),
            ("created_at", ".", "42", "42"),
            ("data", ".", '{"plan": 1}', {"plan": 1}),
            ("data", ".", "{plan}", "{plan}"),
            ("value", ",", 12.5, 12.5),
            ("url", ",", "1,5", "1,5"),
        ],
    )
    def it_is_read_or_left_as_it_is(self, name: str, decimal: str, text: Any, value: Any) -> None:
        assert Formats(decimal).read(name, text) == value


class DescribeDays:
    @pytest.mark.parametrize(
        ("texts", "pattern"),
        [
            (["2026-11-02"], "%Y-%m-%d"),
            (["02.11.2026"], "%d.%m.%Y"),
            (["11/2/2026"], "%m/%d/%Y"),
            (["11/2/2026", "11/14/2026"], "%m/%d/%Y"),
            (["2/11/2026", "14/11/2026"], "%d/%m/%Y"),
            (["never"], "%Y-%m-%d"),
        ],
    )
    def it_is_read_by_the_pattern_of_most(self, texts: list[str], pattern: str) -> None:
        days = named_layouts("costs")["microsoft-ads"].days

        assert day_pattern(texts, days) == pattern

    def it_may_have_a_given_pattern(self) -> None:
        assert Formats(day="%m/%d/%Y").read("day", "11/2/2026") == "2026-11-02"
        assert Formats(day="%m/%d/%Y").read("day", "14/2/2026") == "14/2/2026"
