"""growth export conversions in the formats of Google Ads and Meta."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import Any

import pytest
from click.testing import Result
from histories import DAYS, SITE, did, instant, seen
from service import Service

from growth.attribution.facts import DAY
from growth.schemas.times import format_time

HASH = "a" * 64
FACEBOOK = {
    "url": f"{SITE}?utm_source=facebook&utm_medium=cpc&fbclid=IwAR0Ab",
    "referrer_url": None,
}
GOOGLE = {"url": f"{SITE}?gclid=EAIaIQobTEST", "referrer_url": None}

CONVERSION = (
    "Google Click ID,Conversion Name,Conversion Time,Conversion Value,Conversion Currency,"
    "Order ID,Ad User Data,Ad Personalization"
)
ADJUSTMENT = (
    "Order ID,Conversion Name,Adjustment Time,Adjustment Type,Adjusted Value,"
    "Adjusted Value Currency"
)
"""The header lines of Google's two templates, for conversions and for adjustments."""


def bought(seconds: float, **fields: Any) -> dict[str, Any]:
    order = {"user_id": "ada", "order_id": "o-1", "value": "119.90", "currency": "EUR"}
    return did(seconds, "purchase", **{**order, **fields})


@pytest.fixture
def sold(service: Service) -> Service:
    """Ada clicked an ad and a newsletter, and bought. Another visitor bought after a search."""
    service.store(
        "/pageviews",
        seen(0, "ad", **GOOGLE),
        seen(1 * DAYS, "newsletter"),
        seen(0, "search", fingerprint="tablet"),
    )
    service.store("/events", bought(2 * DAYS), bought(3 * DAYS, order_id="o-2", **nobody()))
    return service


def nobody() -> dict[str, Any]:
    return {"fingerprint": "tablet", "user_id": None}


def upload(service: Service, kind: str, *options: str) -> Result:
    done = service.growth("export", "conversions", "--format", kind, *options)
    assert done.exit_code == 0, done.output
    return done


def lines(done: Result) -> list[list[str]]:
    return list(csv.reader(StringIO(done.stdout)))


class DescribeGoogleAds:
    def it_writes_the_header_of_the_template(self, service: Service) -> None:
        done = upload(service, "google-ads", "--timezone", "Europe/Berlin")

        assert done.stdout == f"Parameters:TimeZone=Europe/Berlin\n{CONVERSION}\n"

    def it_writes_conversions_whose_click_has_an_id(self, sold: Service) -> None:
        done = upload(sold, "google-ads", "--name", "purchase=Shop purchase")

        assert lines(done) == [
            ["Parameters:TimeZone=+0000"],
            CONVERSION.split(","),
            ["EAIaIQobTEST", "Shop purchase", "2026-03-04 08:00:00", "119.9", "EUR", "o-1", "", ""],
        ]
        assert "1 written\n1 left out: no Google click id (gclid)\n" in done.stderr

    def it_writes_times_in_the_zone_of_the_file(self, sold: Service) -> None:
        [*_, row] = lines(upload(sold, "google-ads", "--timezone", "America/New_York"))

        assert row[2] == "2026-03-04 03:00:00"

    def it_takes_the_latest_of_its_clicks(self, sold: Service) -> None:
        later = {"url": f"{SITE}?gclid=Later", "referrer_url": None}
        sold.store("/pageviews", seen(1.5 * DAYS, "ad", **later))

        [*_, row] = lines(upload(sold, "google-ads"))

        assert row[0] == "Later"

    def it_names_what_is_no_order_by_its_content(self, service: Service) -> None:
        service.store("/pageviews", seen(0, "ad", **GOOGLE))
        service.store("/events", did(60, "signup", id="1", value="3"))

        [*_, row] = lines(upload(service, "google-ads"))

        assert len(row[5]) == 32  # a sender's id is unique for one visitor only
        assert row[3:5] == ["", ""]  # a number without a currency is no money

    @pytest.mark.parametrize(
        ("sent", "told"),
        [
            ({"sha256_email_address": HASH, "ad_user_data": "granted"}, ["Granted", "", HASH, ""]),
            ({"sha256_phone_number": HASH.upper()}, ["", "", "", HASH]),
            ({"ad_personalization": "denied"}, ["", "Denied", "", ""]),
            ({"sha256_email_address": "ada@example.com"}, ["", "", "", ""]),
            ({"sha256_email_address": 5, "ad_user_data": ["granted"]}, ["", "", "", ""]),
        ],
    )
    def it_passes_on_hashes_and_consent(
        self, service: Service, sent: dict[str, Any], told: list[str]
    ) -> None:
        service.store("/pageviews", seen(0, "ad", **GOOGLE))
        service.store("/events", did(60, "signup", data=sent))

        _, header, row = lines(upload(service, "google-ads", "--identifiers"))

        assert header[-2:] == ["Email", "Phone Number"]
        assert row[-4:] == told


class DescribeAdjustments:
    def it_has_none_of_what_did_not_change(self, sold: Service) -> None:
        done = upload(sold, "google-ads-adjustments")

        assert done.stdout == f"Parameters:TimeZone=+0000\n{ADJUSTMENT}\n"

    def it_restates_what_was_refunded(self, sold: Service) -> None:
        since = sold.ask(by="conversion")["as_of"]
        sold.now += DAY
        sold.store(
            "/events",
            did(4 * DAYS, "refund", user_id="ada", order_id="o-1", value="19.90", currency="EUR"),
        )

        done = upload(sold, "google-ads-adjustments", "--changed-since", since)

        day = format_time(sold.now)[:10]
        assert lines(done)[2:] == [
            ["o-1", "purchase", f"{day} 12:00:00", "RESTATE", "100.0", "EUR"]
        ]

    def it_retracts_what_was_taken_back(self, service: Service) -> None:
        service.store("/pageviews", seen(0, "ad", **GOOGLE))
        service.store("/events", did(9 * DAYS, "signup", user_id="ada"))
        [_, _, before] = lines(upload(service, "google-ads"))
        service.store("/events", did(5 * DAYS, "signup", user_id="ada"))

        adjusted = lines(upload(service, "google-ads-adjustments", "--changed-since", "2026-01-01"))
        again = lines(upload(service, "google-ads", "--changed-since", "2026-01-01"))

        assert [(row[0], row[3:]) for row in adjusted[2:]] == [(before[5], ["RETRACT", "", ""])]
        assert [row[2] for row in again[2:]] == ["2026-03-07 08:00:00"]

    def it_keeps_an_order_that_counts_by_an_earlier_purchase(self, sold: Service) -> None:
        sold.store("/events", bought(1.5 * DAYS, id="earlier"))

        done = upload(sold, "google-ads-adjustments", "--changed-since", "2026-01-01")

        assert "RETRACT" not in done.stdout
        assert "another conversion counts for its order" in done.stderr


@pytest.fixture
def recent(sold: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    """A service whose exports run four days after the first click."""
    monkeypatch.setattr("growth.commands.export.now_us", lambda: ledger_time(4))
    return sold


def ledger_time(days: float) -> int:
    return instant(days * DAYS)


class DescribeMeta:
    def events(self, done: Result) -> list[dict[str, Any]]:
        return [each for line in done.stdout.splitlines() for each in json.loads(line)["data"]]

    def it_writes_a_request_body(self, recent: Service) -> None:
        recent.store("/pageviews", seen(1.5 * DAYS, "ad", **FACEBOOK))
        sent = {
            "event_source_url": f"{SITE}thanks",
            "client_user_agent": "Mozilla/5.0",
            "fbp": "fb.1.1596403881668.1116446470",
            "em": HASH,
            "ph": "+49 170 1",
        }
        recent.store("/events", bought(2.5 * DAYS, order_id="o-3", id="e-3", data=sent))

        found = self.events(upload(recent, "meta"))

        [event] = [each for each in found if each["event_id"] == "e-3"]
        assert event == {
            "event_name": "Purchase",
            "event_time": ledger_time(2.5) // 1_000_000,
            "event_id": "e-3",
            "action_source": "website",
            "event_source_url": f"{SITE}thanks",
            "user_data": {
                "em": HASH,
                "client_user_agent": "Mozilla/5.0",
                "fbp": "fb.1.1596403881668.1116446470",
                "fbc": f"fb.1.{ledger_time(1.5) // 1_000}.IwAR0Ab",
            },
            "custom_data": {"order_id": "o-3", "value": 119.9, "currency": "EUR"},
        }

    def it_leaves_out_what_meta_would_not_take(
        self, recent: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        recent.store("/pageviews", seen(1, "ad", **FACEBOOK))
        assert "left out: no Meta click id (fbclid)" in upload(recent, "meta").stderr
        monkeypatch.setattr("growth.commands.export.now_us", lambda: ledger_time(11))

        done = upload(recent, "meta")

        assert done.stdout == ""
        assert "2 left out: older than 7 days" in done.stderr

    @pytest.mark.parametrize(
        ("sent", "source"),
        [
            ({}, "other"),
            ({"action_source": "app"}, "app"),
            ({"action_source": "web"}, "other"),
            ({"action_source": "website"}, "other"),
            ({"event_source_url": SITE}, "other"),
            ({"event_source_url": SITE, "client_user_agent": "x"}, "website"),
        ],
    )
    def it_says_where_it_happened(self, recent: Service, sent: dict[str, str], source: str) -> None:
        recent.store("/events", did(3 * DAYS, "lead", data={"fbc": "fb.1.1.Cookie", **sent}))

        [event] = self.events(upload(recent, "meta", "--event", "lead"))

        assert event["action_source"] == source
        assert event["user_data"]["fbc"] == "fb.1.1.Cookie"

    def it_takes_the_names_of_the_operator(self, recent: Service) -> None:
        recent.store("/events", did(3 * DAYS, "lead", data={"fbc": "fb.1.1.Cookie"}))

        [event] = self.events(upload(recent, "meta", "--event", "lead", "--name", "lead=Contact"))

        assert event["event_name"] == "Contact"

    def it_splits_what_is_too_much_for_a_request(
        self, recent: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("growth.transfer.export_meta.MOST_EVENTS", 2)
        data = {"fbc": "fb.1.1.Cookie"}
        recent.store(
            "/events",
            *(
                did(3 * DAYS + n, "lead", user_id=f"u{n}", fingerprint=None, data=data)
                for n in range(3)
            ),
        )

        done = upload(recent, "meta", "--event", "lead")

        assert [len(json.loads(line)["data"]) for line in done.stdout.splitlines()] == [2, 1]
