"""growth import costs: a CSV file through the write path, with an error for each bad line."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from service import Service

from growth.commands.main import main
from growth.database.tables import CostRecord
from growth.transfer.costs import import_costs

HEADER = "day,source,medium,campaign,content,amount,currency,clicks,impressions\n"
GOOD = "2026-11-20,google,cpc,spring,,12.50,EUR,41,2000\n"
BAD = '2026-11-21,google,cpc,"spring,,12.50,EUR,41,2000\n'

Import = Callable[..., Result]


@pytest.fixture
def imported(service: Service, tmp_path: Path) -> Import:
    """Import a file of these bytes as an operator would."""

    def run(text: str | bytes) -> Result:
        file = tmp_path / "costs.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        environ = {"DATABASE_URL": service.settings.database_url}
        return CliRunner().invoke(main, ["import", "costs", str(file)], env=environ)

    return run


def amounts() -> list[int]:
    return [row.amount for row in CostRecord.select().order_by(CostRecord.day, CostRecord.campaign)]


class DescribeAFile:
    def it_is_stored_and_counted(self, imported: Import) -> None:
        result = imported(HEADER + GOOD + "2026-11-21,tv,,,,7,JPY,,\n" + GOOD)

        assert result.exit_code == 0
        assert result.stdout == "stored 2, known already 1, refused 0\n"
        assert "import costs.csv" in result.stderr
        [first, second] = CostRecord.select().order_by(CostRecord.day).dicts()
        assert (first["campaign"], first["sent_content"], first["amount"]) == ("spring", "", 1_250)
        assert (first["clicks"], first["impressions"], first["channel"]) == (
            41,
            2000,
            "Paid Search",
        )
        assert (second["medium"], second["amount"], second["clicks"]) == ("cpc", 7, None)

    def it_adds_nothing_the_second_time(self, imported: Import) -> None:
        imported(HEADER + GOOD)

        assert imported(HEADER + GOOD).stdout == "stored 0, known already 1, refused 0\n"

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("\ufeff" + HEADER + GOOD, id="a byte order mark"),
            pytest.param((HEADER + GOOD).replace("\n", "\r\n"), id="the lines of Windows"),
            pytest.param((HEADER + GOOD).rstrip("\n"), id="no end of the last line"),
            pytest.param(HEADER + GOOD.replace("spring", '"spring"'), id="quotes"),
            pytest.param(f"{HEADER}\n{GOOD}\n,,,,,,,,\n", id="blank lines"),
            pytest.param(" amount , ctr,currency,source,day\n12.5,3%,EUR,google,2026-11-20,\n"
                         .replace(",\n", "\n"), id="other columns in another order"),
            pytest.param("day,source,amount,currency,clicks\n2026-11-20,google,12.5,EUR\n",
                         id="a short line"),
        ],
    )  # fmt: skip
    def it_may_have(self, imported: Import, text: str) -> None:
        assert imported(text).stdout == "stored 1, known already 0, refused 0\n"
        assert amounts() == [1_250]

    def it_may_have_lines_within_quotes_and_any_letters(self, imported: Import) -> None:
        result = imported(HEADER + GOOD.replace("spring", '"Früh,\nling"') + "bad" + "," * 8)

        assert [row.campaign for row in CostRecord.select()] == ["Früh,\nling"]
        assert "costs.csv, line 4: day: Must be a day" in result.stdout


class DescribeABadLine:
    @pytest.mark.parametrize(
        ("line", "told"),
        [
            ("today,google,cpc,spring,,1,EUR,,", "day: Must be a day such as 2023-01-20."),
            (",google,cpc,spring,,1,EUR,,", "day: Must be given."),
            ("2026-11-20,google", "amount: Must be given."),
            ('2026-11-20,google,,,,"1,50",EUR,,', "amount: Must be a number or a decimal number"),
            ("2026-11-20,google,,,,1,€,,", "currency: '€' is no currency of ISO 4217"),
            ("2026-11-20,google,,,,1,EUR,1.5,", "clicks: Must be a whole number from 0"),
            (f"2026-11-20,google,,,,1,EUR,,{9**30}", "impressions: Must be a whole number"),
            (GOOD.strip() + ",9,", "has 11 cells, the first line names 9 fields"),
            ("2026-11-20,g\0,,,,1,EUR,,", "is not UTF-8 text"),
            (f"2026-11-20,{'g' * 200_000},,,,1,EUR,,", "cannot be read: field larger than"),
        ],
    )
    def it_is_told_with_its_number_and_field(self, imported: Import, line: str, told: str) -> None:
        result = imported(f"{HEADER}{GOOD}{line}\n{GOOD.replace('spring', 'summer')}")

        assert result.exit_code == 1
        assert f"costs.csv, line 3: {told}" in result.stdout
        assert result.stdout.endswith("stored 2, known already 0, refused 1\n")

    @pytest.mark.parametrize(
        ("lines", "told"),
        [
            pytest.param([BAD, GOOD], "line 2: has a quote that is not closed", id="to the end"),
            pytest.param([GOOD, BAD.strip()], "line 3: has a quote that is not closed", id="at it"),
            pytest.param(
                [BAD, GOOD * 5_000], "line 2: has a quote that is not closed", id="for long"
            ),
            pytest.param(
                [BAD, GOOD.replace("spring", '"a, b"')],
                "line 2: has a quote that is not closed",
                id="up to the next quote",
            ),
            pytest.param([BAD * 2, GOOD], "line 3: has a quote that is not closed", id="twice"),
            pytest.param(
                [GOOD.replace("spring", '"12" pizza"'), GOOD],
                "line 2: has a quote in the middle of a value",
                id="a quote within quotes",
            ),
            pytest.param(
                [GOOD.replace("2026-11-20", '"to\nday"'), GOOD],
                "line 2: day: Must be a day",
                id="a value of two lines",
            ),
        ],
    )
    def it_is_told_with_where_it_begins_and_swallows_no_other(
        self, imported: Import, lines: list[str], told: str
    ) -> None:
        result = imported(HEADER + "".join(lines))

        assert f"costs.csv, {told}" in result.stdout
        assert amounts() == [1_250]
        refused = len(result.stdout.splitlines()) - 1
        assert result.stdout.endswith(f"refused {refused}\n")

    def it_is_told_if_it_is_in_another_encoding(self, imported: Import) -> None:
        latin = GOOD.replace("spring", "frühling").encode("latin-1")

        result = imported(HEADER.encode() + latin + GOOD.encode())

        assert "costs.csv, line 2: is not UTF-8 text\n" in result.stdout
        assert amounts() == [1_250]

    def it_is_told_with_every_field(self, imported: Import) -> None:
        told = imported(HEADER + "today,google,cpc,,,much,EUR,,\n").stdout.splitlines()

        assert [line.split(": ")[1] for line in told[:-1]] == ["day", "amount"]


class DescribeABadFile:
    @pytest.mark.parametrize(
        ("text", "told"),
        [
            (b"", "costs.csv is empty; its first line has to name the fields: day, source"),
            (b"\n", "costs.csv is empty"),
            (GOOD.encode(), "the first line lacks day, source, amount, currency"),
            (HEADER.replace("amount", "cost").encode(), "the first line lacks amount"),
            (HEADER.replace(",", ";").encode(), "name the fields, separated by commas: day"),
            (HEADER.replace("clicks", "day").encode(), "the first line has day more than once"),
            ((HEADER + GOOD).encode("utf-16"), "costs.csv is not UTF-8 text; save it as CSV"),
            (b"x" * 200_000, "the first line cannot be read: field larger than"),
            ((HEADER.replace("day", '"day') + GOOD).encode(), "the first line has a quote that is"),
        ],
    )
    def it_is_refused_as_a_whole(self, imported: Import, text: bytes, told: str) -> None:
        result = imported(text)

        assert result.exit_code == 1
        assert result.stderr.startswith("Error: costs.csv")
        assert told in result.stderr
        assert amounts() == []

    def it_has_to_be_there(self) -> None:
        result = CliRunner().invoke(main, ["import", "costs", "nowhere.csv"])

        assert result.exit_code == 2
        assert "'nowhere.csv' does not exist" in result.stderr


class DescribeALargeFile:
    def it_takes_no_more_memory(self, service: Service, tmp_path: Path) -> None:
        def peak(lines: int) -> int:
            file = tmp_path / "costs.csv"
            with closing(file.open("w")) as out:
                out.write(HEADER)
                for n in range(lines):
                    day = date(2000, 1, 1) + timedelta(n)
                    out.write(GOOD.replace("2026-11-20", str(day)))
            tracemalloc.start()
            assert import_costs(service.settings, file, lambda told: None) == 0
            return tracemalloc.get_traced_memory()[1] - (tracemalloc.stop() or 0)

        peak(1_000)  # fills what is kept between calls
        small, large = peak(1_000), peak(5_000)

        assert CostRecord.select().count() == 5_000
        assert large < 1.5 * small
