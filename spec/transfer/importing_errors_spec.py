"""growth import: the errors of bad lines, and of files that cannot be read."""

from __future__ import annotations

import gzip
import json
from datetime import date, timedelta

import pytest
from service import Service, event
from transfer.files import BAD, GOOD, HEADER, Import, amounts, last_line

from growth.database.tables import CostRecord, RejectRecord


class DescribeABadLine:
    @pytest.mark.parametrize(
        ("line", "told"),
        [
            ("today,google,cpc,spring,,1,EUR,,", "day: Must be a day such as 2023-01-20."),
            (",google,cpc,spring,,1,EUR,,", "day: Must be given."),
            ("2026-11-20,google", "amount: Must be given."),
            ('2026-11-20,google,,,,"1,50",EUR,,', "amount: Must be a number or a decimal number"),
            ("2026-11-20,google,,,,1,€,,", "currency: '€' is not a currency of ISO 4217"),
            ("2026-11-20,google,,,,1,EUR,1.5,", "clicks: Must be a whole number from 0"),
            (f"2026-11-20,google,,,,1,EUR,,{9**30}", "impressions: Must be a whole number"),
            (GOOD.strip() + ",9,", "The line has 11 cells, but the header names 9 columns"),
            ("2026-11-20,g\0,,,,1,EUR,,", "A string holds a NUL character"),
            (f"2026-11-20,{'g' * 200_000},,,,1,EUR,,", "The line cannot be read: field larger"),
        ],
    )
    def it_is_told_with_its_number_and_field(self, imported: Import, line: str, told: str) -> None:
        result = imported(f"{HEADER}{GOOD}{line}\n{GOOD.replace('spring', 'summer')}")

        assert result.exit_code == 1
        assert f"costs.csv, line 3: {told}" in result.stdout
        assert last_line(result).endswith("stored 2, known already 0, refused 1")

    @pytest.mark.parametrize(
        ("lines", "told"),
        [
            pytest.param([BAD, GOOD], "line 2: The line has a quote that is not", id="to the end"),
            pytest.param([GOOD, BAD.strip()], "line 3: The line has a quote that", id="at it"),
            pytest.param([BAD, GOOD * 5_000], "line 2: The line has a quote that", id="for long"),
            pytest.param(
                [BAD, GOOD.replace("spring", '"a, b"')],
                "line 2: The line has a quote that is not closed",
                id="up to the next quote",
            ),
            pytest.param([BAD * 2, GOOD], "line 3: The line has a quote that is not", id="twice"),
            pytest.param(
                [GOOD.replace("spring", '"12" pizza"'), GOOD],
                "line 2: The line has a quote in the middle of a value",
                id="a quote within quotes",
            ),
        ],
    )
    def it_is_told_with_where_it_begins_and_swallows_no_other(
        self, imported: Import, lines: list[str], told: str
    ) -> None:
        result = imported(HEADER + "".join(lines))

        assert f"costs.csv, {told}" in result.stdout
        assert amounts() == [1_250]
        refused = len(result.stdout.splitlines()) - 2
        assert last_line(result).endswith(f"refused {refused}")

    def it_is_a_line_of_json_that_is_none(self, imported: Import) -> None:
        text = f"{{\n\n{json.dumps(event())}\n5\n" + '{"name": "x\\u0000"}'

        told = imported(text, kind="events", name="e.ndjson").stdout

        assert "e.ndjson, line 1: Not JSON" in told
        assert "e.ndjson, line 4: Must be a JSON object." in told
        assert "e.ndjson, line 5: A string holds a NUL character" in told

    def it_is_an_item_of_a_json_document(self, imported: Import) -> None:
        text = json.dumps([event(), event(name=None)], indent=1)

        told = imported(text, kind="events", name="e.json").stdout

        assert "e.json, item 2: name: Must be given." in told

    def it_is_kept_with_its_line_to_be_replayed(self, service: Service, imported: Import) -> None:
        imported(HEADER + GOOD + GOOD.replace("EUR", "euros") + BAD)

        found = {row.path: json.loads(row.reason) for row in RejectRecord.select()}
        lines = sorted(json.loads(row.reason)["line"][0] for row in RejectRecord.select())
        assert set(found) == {"/costs"}
        assert lines == ["costs.csv, line 3", "costs.csv, line 4"]
        told = service.growth("rejects", "replay", "--all").output
        assert "currency" in told

    def it_is_told_twenty_times_and_always_kept(self, imported: Import) -> None:
        result = imported(HEADER + "".join(f"{n},a,,,,1,EUR,,\n" for n in range(30)))

        assert len(result.stdout.splitlines()) == 22
        assert RejectRecord.select().count() == 30


class DescribeABadFile:
    @pytest.mark.parametrize(
        ("text", "told"),
        [
            (b"", "costs.csv is empty"),
            (b"\n", "costs.csv is empty"),
            (
                GOOD.encode(),
                "costs.csv has no header; a header names some of these columns: amount",
            ),
            (HEADER.replace("amount", "cost").encode(), "costs.csv lacks amount; its columns are"),
            (HEADER.replace("clicks", "day").encode(), "the header has day more than once"),
            (b"x" * 200_000, "costs.csv has no header"),
            (b"PK\x03\x04", "is a spreadsheet or an archive; save it as CSV"),
            (b"PAR1", "is Parquet; export it as lines of JSON"),
            pytest.param(
                gzip.compress(HEADER.encode() * 9)[:-9], "costs.csv is damaged", id="damaged"
            ),
            (b'[{"day": 1},', "a large file has to have one JSON object per line"),
        ],
    )
    def it_is_refused_as_a_whole(self, imported: Import, text: bytes, told: str) -> None:
        result = imported(text)

        assert result.exit_code == 1
        assert result.stderr.startswith("Error: ")
        assert told in result.stderr
        assert amounts() == []

    def it_may_be_damaged_after_what_was_stored(self, imported: Import) -> None:
        days = [str(date(2000, 1, 1) + timedelta(n)) for n in range(5_000)]
        text = HEADER + "".join(GOOD.replace("2026-11-20", day) for day in days)

        result = imported(gzip.compress(text.encode())[:-40])

        assert "costs.csv is damaged" in result.stderr
        assert 0 < CostRecord.select().count() < 5_000

    def it_has_to_be_there(self, service: Service) -> None:
        result = service.growth("import", "costs", "nowhere.csv")

        assert result.exit_code == 1
        assert "nowhere.csv" in result.stderr

    @pytest.mark.parametrize(
        ("options", "told"),
        [
            (["--map", "Cost"], "'Cost' is not a pair such as Campaign=campaign"),
            (["--map", "Cost=price"], "price is not a field of costs; the fields are: day, source"),
            (["--set", "colour=red"], "colour is not a field of costs"),
            (["--as", "nobody"], "tools for costs are google-ads"),
        ],
    )
    def it_is_not_read_by_options_that_mean_nothing(
        self, imported: Import, options: list[str], told: str
    ) -> None:
        result = imported(HEADER + GOOD, *options)

        assert result.exit_code == 2
        assert told in result.stderr
