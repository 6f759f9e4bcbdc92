"""growth import: stores the facts in files, once, and with little memory."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
import threading
import tracemalloc
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from documents import ROOT
from live import connection, environ_for, growth, post, serving
from service import Service, event, pageview
from transfer.files import GOOD, HEADER, Import, amounts, last_line, ndjson

from growth.database.tables import CostRecord, EventRecord, MarkRecord, PageviewRecord, RejectRecord


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
    def it_may_have_any_of_these_formats(self, imported: Import, text: str | bytes) -> None:
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
        assert "line 1: id: A fact with this id and other content is already stored" in other.stdout

    def it_stores_nothing_in_a_dry_run(self, imported: Import) -> None:
        result = imported(HEADER + GOOD + "today" + GOOD, "--dry-run")

        assert last_line(result) == "costs.csv: 1 would be stored, refused 1"
        assert result.exit_code == 1
        assert amounts() == []
        assert RejectRecord.select().count() == MarkRecord.select().count() == 0


class DescribeALargeFile:
    def it_takes_no_more_memory(self, imported: Import) -> None:
        def peak(lines: int) -> int:
            days = (str(date(2000, 1, 1) + timedelta(n)) for n in range(lines))
            text = HEADER + "".join(GOOD.replace("2026-11-20", day) for day in days)
            tracemalloc.start()
            assert imported(text.encode()).exit_code == 0
            return tracemalloc.get_traced_memory()[1] - (tracemalloc.stop() or 0) - len(text)

        peak(3_000)  # it fills caches
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
                while stored < 4_000:  # by then progress is saved
                    stored = listed(at)
                run.send_signal(signal.SIGKILL)

            status, answer = post(at, "/pageviews", pageview(id="beside"))
            done = growth(environ, "import", "pageviews", str(file))
            assert listed(at) == count + 1

        assert (status, answer["stored"]) == (200, 1)
        assert done.returncode == 0, done.stderr
        assert "pages.csv: resumes after the first " in done.stdout
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
    """The number of pageviews in the totals."""
    at.request("GET", "/attribution?by=channel")
    told = json.load(at.getresponse())
    return int(told["totals"]["pageviews"])
