"""docs/exporting.md: every command is run."""

from __future__ import annotations

import shlex

import pytest
from documents import ROOT, blocks, commands, names, table
from service import Service, cost, event, pageview

from growth.transfer.export_google_ads import CONVERSIONS
from growth.transfer.export_meta import HASHED, PLAIN_IDENTIFIERS

PAGE = ROOT / "docs" / "exporting.md"
LINES = [line for block in blocks("sh") if block.document == PAGE for line in commands(block)]


class DescribeThePageOfExports:
    @pytest.mark.parametrize("line", LINES)
    def it_shows_commands_that_write(self, service: Service, line: str) -> None:
        service.store("/pageviews", pageview(fingerprint="77c0a1", user_id="u-42"))
        service.store("/events", event(fingerprint="77c0a1"))
        service.store("/costs", cost())
        program, *words = shlex.split(line.partition(" > ")[0])

        done = service.growth(*words)

        assert program == "growth"
        assert done.exit_code == 0, done.output
        assert done.stdout or "--format meta" in line  # Meta takes no conversions this old

    def it_has_every_column_of_the_upload(self) -> None:
        rows = table(PAGE, "column", "content")

        assert [name for row in rows for name in names(row[0])] == list(CONVERSIONS)

    def it_has_every_identifier(self) -> None:
        [row] = [row for row in table(PAGE, "field", "content") if row[0] == "`user_data`"]

        assert names(row[1]) == ["data", *HASHED, *PLAIN_IDENTIFIERS]
