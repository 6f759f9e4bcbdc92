"""CSV: nested members become columns, and no cell is a formula."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from growth.http.sheets import to_csv


def table(*rows: dict[str, Any]) -> list[list[str]]:
    return list(csv.reader(io.StringIO(to_csv(rows).decode(), newline="")))


class DescribeColumns:
    @pytest.mark.parametrize(
        ("rows", "names"),
        [
            ([{"source": "a", "visits": 1}], ["source", "visits"]),
            ([{"time_to_convert": {"average": 1.0}}], ["time_to_convert_average"]),
            ([{"a": {"b": {"c": 1}}}], ["a_b_c"]),
            ([{"revenue": {}}], []),
            ([{"cost": None}], ["cost"]),
            ([{"cost": None}, {"cost": {"EUR": 1}}], ["cost_EUR"]),
            (
                [{"revenue": {"EUR": 1}, "visits": 1}, {"revenue": {"USD": 1}, "visits": 1}],
                ["revenue_EUR", "revenue_USD", "visits"],
            ),
            ([{"data": {"level": 4}}], ["data"]),
        ],
    )
    def it_has_one_for_each_member(self, rows: list[dict[str, Any]], names: list[str]) -> None:
        assert table(*rows)[0] == names

    def it_leaves_cells_without_a_value_empty(self) -> None:
        found = table({"revenue": {"EUR": 1}}, {"revenue": {"USD": 2}})

        assert found[1:] == [["1", ""], ["", "2"]]

    def it_has_nothing_without_rows(self) -> None:
        assert to_csv([]) == b""


class DescribeCells:
    @pytest.mark.parametrize(
        ("value", "cell"),
        [
            ("google", "google"),
            ("a-b = c", "a-b = c"),
            ('=HYPERLINK("http://evil.example")', '\'=HYPERLINK("http://evil.example")'),
            ("+49 30", "'+49 30"),
            ("-2+3", "'-2+3"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("  =1+1", "'  =1+1"),
            ("\t=1+1", "'\t=1+1"),
            ("\tsome", "'\tsome"),
            ("\r=1+1", "'\r=1+1"),
            ("\n=1+1", "'\n=1+1"),
            ("\uff1d1+1", "'\uff1d1+1"),
            (-1.5, "-1.5"),
            (0.0, "0.0"),
            (None, ""),
            (True, "true"),
            ('say "hi", all', 'say "hi", all'),
            (["=a", 1], '["=a",1]'),
            ("\ud800", "?"),
        ],
    )
    def it_shows_a_value(self, value: Any, cell: str) -> None:
        assert table({"name": value, "last": 1})[1] == [cell, "1"]

    def it_defuses_no_names_of_columns_for_they_are_ours(self) -> None:
        assert table({"data": {"=cmd()": 1}}) == [["data"], ['{"=cmd()":1}']]
