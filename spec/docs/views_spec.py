"""docs/views.md and config/dbt/sources.yml name every view, and its columns in their order."""

from __future__ import annotations

import re

import pytest
from documents import ROOT, blocks, cells, rows_at
from service import Service

from growth.database.statements import database
from growth.views import VIEWS

PAGE = ROOT / "docs" / "views.md"
SOURCES = ROOT / "config" / "dbt" / "sources.yml"


def described_columns() -> dict[str, list[str]]:
    """The columns that the page describes for each view."""
    found: dict[str, list[str]] = {}
    lines, view = PAGE.read_text("utf-8").splitlines(), ""
    for place, line in enumerate(lines):
        view = line.removeprefix("### ").strip("`") if line.startswith("### ") else view
        if cells(line)[:1] == ["column"]:
            found[view] = [row[0].strip("`") for row in rows_at(lines, place)]
    return found


class DescribeThePageOfTheViews:
    def it_has_every_view(self) -> None:
        assert list(described_columns()) == list(VIEWS)

    @pytest.mark.parametrize("view", VIEWS)
    def it_has_every_column(self, service: Service, view: str) -> None:
        cursor = database.execute_sql(f"SELECT * FROM {view}")

        assert [column[0] for column in cursor.description] == described_columns()[view]

    @pytest.mark.parametrize("block", blocks("sql"), ids=lambda block: block.place)
    def it_asks_what_can_be_asked(self, service: Service, block: object) -> None:
        assert database.execute_sql(block.text).fetchall() == []  # type: ignore[attr-defined]

    def it_is_told_to_dbt(self) -> None:
        named = re.findall(r"^      - name: (\w+)$", SOURCES.read_text("utf-8"), re.M)

        assert named == list(VIEWS)
