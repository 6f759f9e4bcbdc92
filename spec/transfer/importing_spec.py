"""growth import: files through the write path, with an error for each bad line."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from documents import ROOT
from live import connection, environ_for, growth, post, serving
from service import Service, event, pageview

from growth.database.tables import (
    CostRecord,
    EventRecord,
    MarkRecord,
    PageviewRecord,
    RejectRecord,
)

HEADER = "day,source,medium,campaign,content,amount,currency,clicks,impressions\n"
GOOD = "2026-11-20,google,cpc,spring,,12.50,EUR,41,2000\n"
BAD = '2026-11-21,google,cpc,"spring,,12.50,EUR,41,2000\n'

Import = Callable[..., Result]


@pytest.fixture
def imported(service: Service, tmp_path: Path) -> Import:
    """Import a file of these bytes as an operator would."""

    def run(
        text: str | bytes, *options: str, kind: str = "costs", name: str = "costs.csv"
    ) -> Result:
        file = tmp_path / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return service.growth("import", kind, str(file), *options)

    return run


def amounts() -> list[int]:
    return [row.amount for row in CostRecord.select().order_by(CostRecord.day, CostRecord.campaign)]


def last_line(result: Result) -> str:
    return result.stdout.splitlines()[-1]


def ndjson(items: list[Any]) -> str:
    return "".join(json.dumps(each) + "\n" for each in items)


class DescribeAFile:
    def it_is_stored_and_counted(self, imported: Import) -> None:
        result = imported(HEADER + GOOD + "2026-11-21,tv,,,,7,JPY,,\n" + GOOD)

        assert result.exit_code == 0
        assert last_line(result) == "costs.csv: stored 2, known already 1, refused 0"
        [first, second] = CostRecord.select().order_by(CostRecord.day).dicts()
        assert (first["campaign"], first["sent_content"], first["amount"]) == ("spring", "", 1_250)
        assert (first["clicks"], first["impressions"]) == (41, 2000)
        assert (second["medium"], second["amount"], second["clicks"]) == ("cpc", 7, None)

    def it_is_told_before_how_it_is_understood(self, imported: Import) -> None:
        text = "Datum;Kampagne;Kosten;ctr\n20.11.2026;Früh;1.012,50;3\n".encode("cp1252")

        result = imported(
            text, "--map", "Datum=day,Kampagne=campaign,Kosten=amount",
            "--set", "source=google", "--set", "currency=EUR",
        )  # fmt: skip

        assert result.stdout.splitlines() == [
            "costs.csv: Windows-1252, CSV with semicolons, header on line 1, decimal comma, "
            "days as %d.%m.%Y, day from Datum, campaign from Kampagne, amount from Kosten, "
            "source is google, currency is EUR",
            "costs.csv: stored 1, known already 0, refused 0, not read: ctr",
        ]
        [row] = CostRecord.select()
        assert (row.campaign, row.amount) == ("Früh", 101_250)

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("\ufeff" + HEADER + GOOD, id="a byte order mark"),
            pytest.param((HEADER + GOOD).replace("\n", "\r\n"), id="the lines of Windows"),
            pytest.param((HEADER + GOOD).replace("\n", "\r"), id="the lines of an old Mac"),
            pytest.param((HEADER + GOOD).rstrip("\n"), id="no end of the last line"),
            pytest.param(HEADER + GOOD.replace("spring", '"spring"'), id="quotes"),
            pytest.param(f"{HEADER}\n{GOOD}\n , ,,,,,,,\n", id="blank lines"),
            pytest.param(f"Costs of us\n\n{HEADER}{GOOD}", id="lines above the header"),
            pytest.param(HEADER.upper() + GOOD, id="a header in capitals"),
            pytest.param((HEADER + GOOD).replace(",", "\t"), id="tabs"),
            pytest.param((HEADER + GOOD).replace(",", "|"), id="bars"),
            pytest.param((HEADER + GOOD).replace(",", ";").replace("12.50", "12,50"), id="comma"),
            pytest.param((HEADER + GOOD).encode("utf-16"), id="UTF-16"),
            pytest.param((HEADER + GOOD).encode("utf-16-be"), id="UTF-16 without a mark"),
            pytest.param(gzip.compress((HEADER + GOOD).encode()), id="gzip"),
            pytest.param(
                gzip.compress(HEADER.encode()) + gzip.compress(GOOD.encode()), id="gzip of two"
            ),
            pytest.param("amount,currency,source,day\n12.5,EUR,google,2026-11-20", id="any order"),
            pytest.param("day,source,amount,currency,clicks\n2026-11-20,google,12.5,EUR\n",
                         id="a short line"),
            pytest.param(
                '[{"day": "2026-11-20",\n "source": "tv", "amount": 12.5, "currency": "EUR"}]',
                id="JSON",
            ),
            pytest.param(
                '{"day": "2026-11-20", "source": "tv", "amount": "12.5", "currency": "EUR"}\n\n',
                id="lines of JSON",
            ),
        ],
    )  # fmt: skip
    def it_may_have(self, imported: Import, text: str | bytes) -> None:
        result = imported(text)

        assert last_line(result) == "costs.csv: stored 1, known already 0, refused 0"
        assert amounts() == [1_250]

    def it_may_have_lines_within_quotes_and_any_letters(self, imported: Import) -> None:
        result = imported(HEADER + GOOD.replace("spring", '"Früh,\nling"') + "bad" + "," * 8)

        assert [row.campaign for row in CostRecord.select()] == ["Früh,\nling"]
        assert "costs.csv, line 4: day: Must be a day" in result.stdout

    def it_may_come_from_standard_input(self, service: Service, tmp_path: Path) -> None:
        environ = environ_for(tmp_path, DATABASE_URL=service.settings.database_url)
        command = [sys.executable, "-m", "growth.commands", "import", "costs", "-"]
        done = subprocess.run(
            command, input=gzip.compress((HEADER + GOOD).encode()), env=environ, cwd=ROOT,
            capture_output=True, timeout=60,
        )  # fmt: skip

        assert done.stdout.decode().endswith("stored 1, known already 0, refused 0\n")
        assert amounts() == [1_250]

    def it_may_be_several(self, service: Service, tmp_path: Path) -> None:
        names = [str(tmp_path / name) for name in ("a.csv", "b.csv")]
        for day, name in enumerate(names, 1):
            Path(name).write_text(HEADER + GOOD.replace("20,", f"{day:02},", 1))

        service.growth("import", "costs", *names)

        assert amounts() == [1_250, 1_250]

    def it_adds_to_the_data_of_events(self, imported: Import) -> None:
        text = "who,what,when,Plan\nu-1,trial,1793610000,basic\n"

        imported(
            text, "--map", "who=user_id,what=name,when=created_at,Plan=data.plan", kind="events"
        )

        [row] = EventRecord.select()
        assert (row.user_id, row.name, row.data) == ("u-1", "trial", '{"plan":"basic"}')
        assert row.created_at == 1_793_610_000_000_000

    def it_keeps_an_object_where_data_was_none(self, imported: Import) -> None:
        imported(ndjson([event(data="x", Plan="basic")]), "--map", "Plan=data.plan", kind="events")

        assert [row.data for row in EventRecord.select()] == ['{"plan":"basic"}']

    def it_may_lack_a_day_that_is_given(self, imported: Import) -> None:
        imported(
            "Campaign,Cost,Currency code\nBrand,12.50,EUR\n",
            "--as", "google-ads", "--set", "day=2026-11-20",
        )  # fmt: skip

        assert amounts() == [1_250]


class DescribeOnce:
    def it_adds_nothing_the_second_time(self, imported: Import) -> None:
        imported(HEADER + GOOD)

        assert last_line(imported(HEADER + GOOD)).endswith("stored 0, known already 1, refused 0")

    def it_knows_lines_that_have_neither_id_nor_time(self, imported: Import) -> None:
        text = ndjson([{"fingerprint": "a", "url": "https://shop.example/"}] * 2)

        for _ in range(2):
            imported(text, kind="pageviews")

        assert PageviewRecord.select().count() == 2

    def it_is_the_same_as_a_post(self, service: Service, imported: Import) -> None:
        service.store("/pageviews", pageview(id="p-1"))

        result = imported(ndjson([pageview(id="p-1"), pageview(id="p-2")]), kind="pageviews")
        other = imported(ndjson([pageview(id="p-1", country="DE")]), kind="pageviews")

        assert "stored 1, known already 1, refused 0" in result.stdout
        assert "line 1: id: Other content is stored under this id" in other.stdout

    def it_stores_nothing_in_a_dry_run(self, imported: Import) -> None:
        result = imported(HEADER + GOOD + "today" + GOOD, "--dry-run")

        assert last_line(result) == "costs.csv: 1 would be stored, refused 1"
        assert result.exit_code == 1
        assert amounts() == []
        assert RejectRecord.select().count() == MarkRecord.select().count() == 0


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
            (GOOD.encode(), "costs.csv has no header; it has to name the columns: amount"),
            (HEADER.replace("amount", "cost").encode(), "costs.csv lacks amount; its columns are"),
            (HEADER.replace("clicks", "day").encode(), "the header has day more than once"),
            (b"x" * 200_000, "costs.csv has no header"),
            (b"PK\x03\x04", "is a spreadsheet or an archive; save it as CSV"),
            (b"PAR1", "is Parquet; export it as lines of JSON"),
            pytest.param(
                gzip.compress(HEADER.encode() * 9)[:-9], "costs.csv is damaged", id="damaged"
            ),
            (b'[{"day": 1},', "a large file has to have one JSON object a line"),
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
            (["--map", "Cost=price"], "price is not a field of costs; these are: day, source"),
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


class DescribeALargeFile:
    def it_takes_no_more_memory(self, imported: Import) -> None:
        def peak(lines: int) -> int:
            days = (str(date(2000, 1, 1) + timedelta(n)) for n in range(lines))
            text = HEADER + "".join(GOOD.replace("2026-11-20", day) for day in days)
            tracemalloc.start()
            assert imported(text.encode()).exit_code == 0
            return tracemalloc.get_traced_memory()[1] - (tracemalloc.stop() or 0) - len(text)

        peak(3_000)  # fills what is kept between calls
        small, large = peak(3_000), peak(9_000)

        assert CostRecord.select().count() == 9_000
        assert large < 1.5 * small

    def it_goes_on_where_it_was_broken_off(self, tmp_path: Path) -> None:
        count = 20_000
        file = tmp_path / "pages.csv"
        with file.open("w") as out:
            out.write("id,created_at,fingerprint,url\n")
            out.writelines(
                f"{n},2026-11-01T10:00:00Z,f{n % 500},https://shop.example/{n}\n"
                for n in range(count)
            )
        environ = environ_for(tmp_path)
        command = [sys.executable, "-m", "growth.commands", "import", "pageviews", str(file)]
        with serving(tmp_path, **kept(environ)) as server, closing(connection(server)) as at:
            with subprocess.Popen(command, env=environ, cwd=ROOT, stdout=subprocess.DEVNULL) as run:
                stored = 0
                while stored < 4_000:  # the first two thousand are marked by then
                    stored = listed(at)
                run.send_signal(signal.SIGKILL)

            status, answer = post(at, "/pageviews", pageview(id="beside"))
            done = growth(environ, "import", "pageviews", str(file))
            assert listed(at) == count + 1

        assert (status, answer["stored"]) == (200, 1)
        assert done.returncode == 0, done.stderr
        assert "pages.csv: goes on after the first " in done.stdout
        assert "refused 0" in done.stdout
        check = growth(environ, "rebuild", "--check")
        assert check.stdout == "0 rows differ\n"

    def it_lets_the_service_write_meanwhile(self, tmp_path: Path) -> None:
        file = tmp_path / "pages.ndjson"
        file.write_text(
            ndjson([pageview(id=str(n), fingerprint=f"f{n % 99}") for n in range(10_000)])
        )
        environ = environ_for(tmp_path)
        answers: list[int] = []
        with serving(tmp_path, **kept(environ)) as server, closing(connection(server)) as at:
            work = threading.Thread(
                target=growth, args=(environ, "import", "pageviews", str(file)), daemon=True
            )
            work.start()
            while work.is_alive():
                answers.append(post(at, "/pageviews", pageview(id=f"live-{len(answers)}"))[0])
            work.join()
            assert listed(at) == 10_000 + len(answers)

        assert set(answers) == {200}


def kept(environ: dict[str, str]) -> dict[str, str]:
    return {name: environ[name] for name in ("DATABASE_URL", "PORT")}


def listed(at: Any) -> int:
    """How many pageviews are counted."""
    at.request("GET", "/attribution?by=channel")
    told = json.load(at.getresponse())
    return int(told["totals"]["pageviews"])
