"""growth export: writes complete lists of GET /attribution to files, in the order of time."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import Any

import pytest
from histories import DAYS, did
from service import Service, cost
from stories import EVENTS, PAGES, feed

from growth.commands.export import UPLOADS
from growth.transfer import export
from growth.transfer.export_files import COLUMNS, WRITERS

LISTS = {
    "conversions": "conversion",
    "visits": "visit",
    "pageviews": "pageview",
    "events": "event",
}


@pytest.fixture
def told(service: Service) -> Service:
    service.store("/pageviews", *PAGES)
    service.store("/events", *EVENTS, did(3, "newsletter", data={"plan": "pro"}))
    service.store("/costs", cost(), cost(day="2026-11-21", campaign=None, amount="7"))
    return service


def written(service: Service, *words: str) -> str:
    done = service.growth("export", *words)
    assert done.exit_code == 0, done.output
    return done.stdout


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def table_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text)))


class DescribeAnExport:
    @pytest.mark.parametrize(("what", "by"), LISTS.items())
    def it_is_what_the_endpoint_lists(
        self, told: Service, what: str, by: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(export, "ROWS", 2)

        found = objects(written(told, what, "--format", "ndjson"))

        listed = told.ask(by=by, limit="1000")["results"][::-1]
        if what == "pageviews":
            listed.sort(key=lambda each: each["fingerprint"])
        assert found == listed

    @pytest.mark.parametrize("what", COLUMNS)
    def it_has_in_csv_all_that_json_has(self, told: Service, what: str) -> None:
        rows = objects(written(told, what, "--format", "ndjson"))

        found = table_of(written(told, what))

        assert len(found) == len(rows) > 0
        assert list(found[0]) == list(COLUMNS[what])
        for name, value in rows[0].items():
            inner = (
                {f"{name}_{each}": it for each, it in value.items()}
                if (isinstance(value, dict) and name.endswith("_click"))
                else {name: value}
            )
            for column, one in inner.items():
                assert found[0][column] == plain(one), column

    def it_writes_no_formulas_that_others_sent(self, service: Service) -> None:
        service.store("/events", did(0, "=1+1", user_id="@SUM(A1)", category="plain"))

        [row] = table_of(written(service, "events"))

        assert (row["name"], row["user_id"]) == ("'=1+1", "'@SUM(A1)")
        assert row["category"] == "plain"

    def it_writes_costs_that_can_be_imported(self, told: Service, tmp_path: Any) -> None:
        told.store("/costs", cost(campaign="-x"))
        file = tmp_path / "costs.csv"
        file.write_text(written(told, "costs"), "utf-8")

        done = told.growth("import", "costs", str(file))

        assert done.exit_code == 0
        assert written(told, "costs") == file.read_text("utf-8")
        assert "2026-11-20,google,cpc,spring,,12.5,EUR,," in written(told, "costs")

    def it_keeps_to_a_period(self, told: Service) -> None:
        options = ("--format", "ndjson", "--from", "2026-03-03", "--to", "2026-03-11")

        assert len(objects(written(told, "pageviews", *options))) == 1
        assert objects(written(told, "costs", "--format", "ndjson", "--from", "2026-11-21")) == [
            {
                "day": "2026-11-21",
                "source": "google",
                "medium": "cpc",
                "campaign": None,
                "content": None,
                "amount": 7.0,
                "currency": "EUR",
                "clicks": None,
                "impressions": None,
            }
        ]

    def it_reads_days_in_a_time_zone(self, told: Service) -> None:
        first = ("--format", "ndjson", "--to", "2026-03-02T08:00:30Z", "--from", "2026-03-02")

        assert len(objects(written(told, "pageviews", *first))) == 1
        assert objects(written(told, "pageviews", *first, "--timezone", "America/New_York"))

    def it_keeps_to_a_kind_of_conversions(self, told: Service) -> None:
        rows = objects(written(told, "conversions", "--format", "ndjson", "--event", "trial"))

        assert [each["user_id"] for each in rows] == ["bob"]

    def it_has_only_the_header_where_nothing_is_stored(self, service: Service) -> None:
        assert written(service, "visits") == ",".join(COLUMNS["visits"]) + "\n"


class DescribeChanges:
    def it_is_what_changed_and_what_was_taken_back(self, signed_up: Service) -> None:
        since = signed_up.ask(by="conversion")["as_of"]
        signed_up.store("/events", did(9 * DAYS, "signup", user_id="ada"))

        done = signed_up.growth(
            "export", "conversions", "--format", "ndjson", "--changed-since", since
        )

        rows = objects(done.stdout)
        assert len(rows) == len(feed(signed_up, 0)) == 2
        assert [each["retracted"] for each in rows] == [False, True]
        as_of = signed_up.ask(by="conversion")["as_of"]
        assert done.stderr == f"complete up to {as_of}\n"


class DescribeARefusal:
    @pytest.mark.parametrize(
        ("words", "told_so"),
        [
            (["visits", "--from", "yesterday"], "--from: "),
            (["visits", "--timezone", "Mars"], "--timezone: "),
            (["conversions", "--event", "sgnup"], "did you mean"),
            (["conversions", "--changed-since", "soon"], "--changed-since: "),
            (["costs", "--from", "2026-03-03", "--to", "2026-03-02"], "--from: Must lie before"),
        ],
    )
    def it_says_what_is_wrong(self, service: Service, words: list[str], told_so: str) -> None:
        done = service.growth("export", *words)

        assert done.exit_code == 1
        assert told_so in done.stderr

    @pytest.mark.parametrize(
        ("what", "kind"),
        [(what, kind) for what in COLUMNS for kind in WRITERS]
        + [("conversions", kind) for kind in UPLOADS],
    )
    @pytest.mark.parametrize("option", ["--from", "--to", "--timezone"])
    def it_comes_before_any_output(
        self, service: Service, what: str, kind: str, option: str
    ) -> None:
        done = service.growth("export", what, "--format", kind, option, "garbage")

        assert (done.exit_code, done.stdout) == (1, "")
        assert f"{option}: " in done.stderr

    def it_takes_whole_names_of_events(self, service: Service) -> None:
        done = service.growth("export", "conversions", "--format", "meta", "--name", "signup")

        assert done.exit_code == 2
        assert "EVENT=NAME" in done.stderr


def plain(value: Any) -> str:
    """The text of a CSV cell for a value of JSON."""
    if value is None:
        return ""
    return json.dumps(value, separators=(",", ":")) if not isinstance(value, str) else value
