"""Imports of files that other tools export. The samples beside this file are made up."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from service import Service

from growth.database.tables import CostRecord, EventRecord, PageviewRecord

SAMPLES = Path(__file__).parent / "samples"

Row = tuple[Any, ...]


def imported(service: Service, kind: str, tool: str, sample: Path | str, *options: str) -> Result:
    return service.growth("import", kind, "--as", tool, str(SAMPLES / sample), *options)


def costs() -> list[Row]:
    names = ("campaign", "content", "amount", "currency", "clicks", "impressions", "source")
    query = CostRecord.select(*(getattr(CostRecord, name) for name in names))
    return list(query.order_by(CostRecord.day, CostRecord.campaign).tuples())


GOOGLE_DE = [
    ("Marke DE", None, 120_417, "EUR", 311, 18_406, "google"),
    ("Marke DE", None, 9_840, "EUR", 27, 2_110, "google"),
    ("Schuhe Herbst", None, 705, "EUR", 3, 140, "google"),
]


class DescribeCosts:
    @pytest.mark.parametrize(
        ("tool", "sample", "stored", "left_out"),
        [
            ("google-ads", "google_ads_de.csv", GOOGLE_DE, 1),
            (
                "google-ads",
                "google_ads_en.csv",
                [
                    ("Brand UK", None, 110_000, "GBP", 1_360, 11_000, "google"),
                    ("Shoes Autumn", None, 1_200, "GBP", 20, 310, "google"),
                ],
                2,
            ),
            (
                "microsoft-ads",
                "microsoft_ads.csv",
                [
                    ("Brand DE", None, 1_822, "EUR", 61, 1_204, "bing"),
                    ("Brand DE", None, 1_290, "EUR", 44, 990, "bing"),
                    ("Generic", None, 3_105, "EUR", 39, 2_210, "bing"),
                ],
                1,
            ),
            (
                "meta-ads",
                "meta_ads.csv",
                [
                    ("Autumn, Prospecting", "Video A", 4_218, "EUR", 86, 4_210, "facebook"),
                    ("Retargeting", "Carousel", 950, "EUR", 22, 800, "facebook"),
                ],
                1,
            ),
        ],
    )
    def it_is_stored_without_totals_and_notes(
        self, service: Service, tool: str, sample: str, stored: list[Row], left_out: int
    ) -> None:
        result = imported(service, "costs", tool, sample)

        assert costs() == stored
        assert f"stored {len(stored)}, known already 0, refused 0" in result.stdout
        assert f"left out {left_out}" in result.stdout
        assert result.exit_code == 0

    @pytest.mark.parametrize(
        ("encoding", "delimiter"),
        [("utf-16", "\t"), ("utf-16-le", "\t"), ("cp1252", ";"), ("utf-8-sig", ",")],
    )
    def it_is_read_as_spreadsheets_save_it(
        self, service: Service, tmp_path: Path, encoding: str, delimiter: str
    ) -> None:
        text = (SAMPLES / "google_ads_de.csv").read_text("utf-8")
        lines = [line.replace('"', "") for line in text.splitlines()]
        if delimiter != ",":
            lines = [line.replace(",", delimiter) for line in lines[:3]]
            lines += [
                delimiter.join(["2026-11-01", "Marke DE", "EUR", "1.204,17", "18.406", "311", "9"]),
                delimiter.join(["2026-11-02", "Marke DE", "EUR", "98,40", "2.110", "27", "0,00"]),
                delimiter.join(["2026-11-03", "Schuhe Herbst", "EUR", "7,05", "140", "3", "--"]),
            ]
            text = "\r\n".join(lines)
        file = tmp_path / "costs.csv"
        file.write_bytes(text.encode(encoding))

        assert imported(service, "costs", "google-ads", file).exit_code == 0
        assert costs() == GOOGLE_DE

    def it_refuses_lines_of_several_days(self, service: Service) -> None:
        result = imported(service, "costs", "meta-ads", "meta_ads_weekly.csv")

        assert "meta_ads_weekly.csv, line 2: The line covers several days" in result.stdout
        assert costs() == [("Retargeting", None, 950, "EUR", 22, 800, "facebook")]
        assert result.exit_code == 1

    def it_refuses_a_sum_with_a_part_that_is_no_number(
        self, service: Service, tmp_path: Path
    ) -> None:
        file = tmp_path / "google.csv"
        row = "2026-11-01,Brand,EUR,{},2\n"
        file.write_text(
            "Day,Campaign,Currency code,Cost,Clicks\n" + row.format("1.50") + row.format("much")
        )

        result = imported(service, "costs", "google-ads", file)

        assert "google.csv, line 2: amount: Must be a number" in result.stdout
        assert costs() == []

    def it_takes_values_that_the_report_lacks(self, service: Service, tmp_path: Path) -> None:
        file = tmp_path / "bing.csv"
        file.write_text("Gregorian date,Campaign name,Clicks,Spend\n11/2/2026,Brand,4,1.50\n")

        lacking = imported(service, "costs", "microsoft-ads", file)
        told = imported(
            service, "costs", "microsoft-ads", file, "--set", "currency=EUR", "--set", "source=msn"
        )

        assert "bing.csv lacks currency" in lacking.stderr
        assert "--set currency=" in lacking.stderr
        assert told.exit_code == 0
        assert [row[:4] for row in costs()] == [("Brand", None, 150, "EUR")]
        assert [row.sent_source for row in CostRecord.select()] == ["msn"]


class DescribeFacts:
    @pytest.mark.parametrize(
        ("tool", "sample", "pageviews", "events"),
        [
            (
                "segment",
                "segment.ndjson",
                [("a-1", None, "https://www.google.com/", "m-1")],
                [("identify", "u-1", None, None), ("purchase", "u-1", 2_550, "A-1")],
            ),
            (
                "rudderstack",
                "rudderstack.ndjson",
                [("a-2", None, "$direct", "r-1")],
                [("signup", "u-2", None, None)],
            ),
            (
                "posthog",
                "posthog.ndjson",
                [("d-1", None, "https://www.bing.com/", "0192f0a0-0000-7000-8000-000000000001")],
                [("identify", "u-3", None, None), ("purchase", "u-3", 1_200, "A-3")],
            ),
            (
                "matomo",
                "matomo.json",
                [
                    ("0123456789abcdef", "u-4", "https://www.google.com/", "501"),
                    ("0123456789abcdef", "u-4", None, "502"),
                ],
                [
                    ("play", "u-4", None, None),
                    ("signup", "u-4", 0, None),
                    ("purchase", "u-4", 2_550, "A-4"),
                ],
            ),
        ],
    )
    def it_is_stored_once(
        self, service: Service, tool: str, sample: str, pageviews: list[Row], events: list[Row]
    ) -> None:
        for _ in range(2):
            assert imported(service, "pageviews", tool, sample).exit_code == 0
            assert imported(service, "events", tool, sample).exit_code == 0

        page, event = PageviewRecord, EventRecord
        seen = page.select(page.fingerprint, page.user_id, page.referrer_url, page.fact_id)
        done = event.select(event.name, event.user_id, event.value, event.order_id)
        assert list(seen.order_by(page.created_at).tuples()) == pageviews
        assert list(done.order_by(event.created_at).tuples()) == events

    def it_may_be_gzip(self, service: Service, tmp_path: Path) -> None:
        file = tmp_path / "archive.gz"
        file.write_bytes(gzip.compress((SAMPLES / "segment.ndjson").read_bytes()))

        result = imported(service, "events", "segment", file)

        assert "stored 2, known already 0, refused 0, left out 2" in result.stdout

    def it_refuses_messages_that_are_none(self, service: Service, tmp_path: Path) -> None:
        file = tmp_path / "archive"
        file.write_text('{"type": 5}\n{"type": "track", "event": "trial", "anonymousId": "a"}\n')

        result = imported(service, "events", "segment", file)

        assert "archive, line 1: {'type': ['Must be one of: page" in result.stdout
        assert "stored 1, known already 0, refused 1" in result.stdout

    def it_says_of_whom_it_knows_the_kind(self, service: Service) -> None:
        result = imported(service, "costs", "posthog", "posthog.ndjson")

        assert result.exit_code == 2
        assert "tools for costs are google-ads, microsoft-ads, meta-ads" in result.stderr
