"""Leads of Google Ads lead forms, as Google posts them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from histories import differences
from service import NOW, Service

from growth.commands.main import main
from growth.database.tables import EventRecord, RejectRecord
from growth.schemas.times import format_time

KEY = "a-key-of-google-ads"
PATH = "/webhooks/google-ads"
PERSONAL = "Ada Lovelace"


def sent(**fields: Any) -> dict[str, Any]:
    """A lead as Google posts it, with `fields` added or replaced."""
    return {
        "lead_id": "TeSter-123",
        "user_column_data": [{"column_id": "FULL_NAME", "string_value": PERSONAL}],
        "api_version": "1.0",
        "form_id": 40000000000,
        "campaign_id": 12345678901234567890,
        "google_key": KEY,
        "is_test": False,
        "gcl_id": "Cj0KCQ-a_b",
        "adgroup_id": 20000000000,
        "creative_id": 30000000000,
        **fields,
    }


@pytest.fixture
def service(make_service: Callable[..., Service]) -> Service:
    return make_service(GROWTH_GOOGLE_ADS_KEY=KEY)


def lead_in(service: Service, name: str = "google_ads:TeSter-123") -> dict[str, Any]:
    """The one conversion of the lead."""
    [person] = service.ask(user_id=name)["results"]
    [conversion] = person["conversions"]
    return {**conversion, "user_id": person["user_id"]}


def rejects() -> list[RejectRecord]:
    return list(RejectRecord.select())


class DescribeALead:
    def it_is_a_conversion_with_a_click_of_its_own(self, service: Service) -> None:
        answer = service.post(PATH, sent())

        assert (answer.status_code, answer.text) == (200, "{}")
        lead = lead_in(service)
        assert (lead["event"], lead["id"]) == ("lead", "TeSter-123")
        click = lead["last_click"]
        assert (click["channel"], click["source"], click["medium"]) == (
            "Paid Search",
            "google",
            "cpc",
        )
        assert (click["campaign"], click["content"]) == ("12345678901234567890", "30000000000")
        assert (click["paid"], click["click_ids"]) == (True, {"gclid": "Cj0KCQ-a_b"})
        assert click["landing_page"] == "/lead-form/40000000000"
        assert lead["occurred_at"] == click["at"] == format_time(NOW)

    @pytest.mark.parametrize("campaign_id", [9223372036854775807, "9223372036854775807"])
    def it_keeps_every_digit_of_its_ids(self, service: Service, campaign_id: Any) -> None:
        lead_id = 18446744073709551615

        service.post(PATH, sent(lead_id=lead_id, campaign_id=campaign_id, creative_id=None))

        click = lead_in(service, f"google_ads:{lead_id}")["last_click"]
        assert click["campaign"] == "9223372036854775807"
        assert click["content"] == "20000000000"
        [event] = service.ask(by="event")["results"]
        assert event["data"]["campaign_id"] == "9223372036854775807"

    def it_happened_when_the_form_was_submitted(self, service: Service) -> None:
        service.post(PATH, sent(lead_submit_time="2026-11-21T08:30:00Z"))

        assert lead_in(service)["occurred_at"] == "2026-11-21T08:30:00Z"

    def it_keeps_a_click_id_to_the_letter(self, service: Service) -> None:
        service.post(PATH, sent(gcl_id="a+b c&d=e%20"))

        assert lead_in(service)["last_click"]["click_ids"] == {"gclid": "a+b c&d=e%20"}

    def it_needs_no_more_than_its_id(self, service: Service) -> None:
        assert service.post(PATH, {"lead_id": "1x", "google_key": KEY}).text == "{}"

        click = lead_in(service, "google_ads:1x")["last_click"]
        assert (click["source"], click["campaign"], click["click_ids"]) == ("google", None, {})

    def it_may_bring_fields_and_versions_that_nobody_knows(self, service: Service) -> None:
        body = sent(api_version={"major": 9}, lead_stage="NEW", more=[{"deep": None}])

        assert service.post(PATH, body).text == "{}"

    def it_counts_once_however_often_it_comes(self, service: Service) -> None:
        for _ in range(3):
            service.now += 1
            assert service.post(PATH, sent()).text == "{}"
        assert service.post(PATH, sent(campaign_id=1, lead_submit_time=None)).text == "{}"

        assert service.facts() == 2
        assert lead_in(service)["last_click"]["campaign"] == "12345678901234567890"
        assert rejects() == []

    def it_comes_as_whatever_content_type(self, service: Service) -> None:
        for kind in ("application/json; charset=utf-8", "text/plain"):
            assert service.send(PATH, json.dumps(sent()), kind).text == "{}"

    def it_keeps_nothing_that_was_filled_in(self, service: Service) -> None:
        service.post(PATH, sent())

        [event] = EventRecord.select()
        assert json.loads(event.data) == {
            "form_id": "40000000000",
            "campaign_id": "12345678901234567890",
            "adgroup_id": "20000000000",
            "creative_id": "30000000000",
        }
        assert PERSONAL not in json.dumps(service.ask(by="event"))

    def it_comes_through_whatever_was_filled_in(self, service: Service) -> None:
        text = json.dumps(sent(user_column_data=[{"string_value": "😀\x00", "n": 2**64}] * 2_000))

        assert service.send(PATH, text).text == "{}"


class DescribeATestLead:
    def it_is_stored_and_flagged_and_not_attributed(self, service: Service) -> None:
        body = sent(is_test=True, campaign_id=0, adgroup_id=0, creative_id=0, gcl_id="")

        for _ in range(2):
            assert service.post(PATH, body).text == "{}"

        [event] = service.ask(by="event", user_id="google_ads:TeSter-123")["results"]
        assert (event["name"], event["data"]["is_test"]) == ("test_lead", True)
        assert service.ask(by="conversion")["results"] == []
        assert service.ask(by="visit")["results"] == []


class DescribeTheKey:
    @pytest.mark.parametrize(
        "key", [None, "", "wrong", 1, 12.5, True, [KEY], {"is": KEY}, "schlüssel"]
    )
    def it_is_401_if_it_does_not_fit_and_nothing_is_kept(self, service: Service, key: Any) -> None:
        answer = service.send(PATH, json.dumps(sent(google_key=key, lead_id=[])))

        assert answer.status_code == 401
        assert answer.json == {"message": "The google_key is wrong."}
        assert (service.facts(), rejects()) == (0, [])

    def it_is_asked_of_a_number_that_looks_like_it(
        self, make_service: Callable[..., Service]
    ) -> None:
        service = make_service(GROWTH_GOOGLE_ADS_KEY="12345678")

        assert service.post(PATH, sent(google_key=12345678)).status_code == 401
        assert service.post(PATH, sent(google_key="12345678")).status_code == 200

    @pytest.mark.parametrize("body", ["", "{", "[]", "7", "null", '"key"', "[" * 100_000, "\xff"])
    def it_is_asked_of_every_body(self, service: Service, body: str) -> None:
        answer = service.send(PATH, body.encode("latin-1"))

        assert answer.status_code in (400, 401)
        assert list(answer.json) == ["message"]
        assert rejects() == []

    def it_lets_in_beside_the_tokens(self, make_service: Callable[..., Service]) -> None:
        service = make_service(GROWTH_GOOGLE_ADS_KEY=KEY, GROWTH_WRITE_TOKENS="a-token-of-16-ch")

        assert service.post(PATH, sent()).text == "{}"

    def it_switches_the_endpoint_off_if_it_is_not_set(
        self, make_service: Callable[..., Service]
    ) -> None:
        answer = make_service().post(PATH, sent(google_key=""))

        assert answer.status_code == 404
        assert answer.json == {
            "message": "This path is switched off: GROWTH_GOOGLE_ADS_KEY is not set."
        }


class DescribeALeadThatCannotBeMapped:
    @pytest.mark.parametrize(
        ("fields", "named"),
        [
            ({"lead_id": None}, "lead_id"),
            ({"lead_id": 0}, "lead_id"),
            ({"lead_id": [1]}, "lead_id"),
            ({"lead_id": True}, "lead_id"),
            ({"lead_id": 1.5}, "lead_id"),
            ({"lead_id": "x" * 300}, "lead_id"),
            ({"campaign_id": {"id": 1}}, "campaign_id"),
            ({"creative_id": 1.5}, "creative_id"),
            ({"creative_id": 2**64}, "_schema"),
            ({"gcl_id": ["x"]}, "gcl_id"),
            ({"is_test": "perhaps"}, "is_test"),
            ({"is_test": []}, "is_test"),
            ({"lead_submit_time": 1700000000}, "lead_submit_time"),
            ({"lead_submit_time": "soon"}, "created_at"),
            ({"lead_id": "\x00"}, "_schema"),
        ],
    )
    def it_is_told_why_and_kept(self, service: Service, fields: dict[str, Any], named: str) -> None:
        answer = service.send(PATH, json.dumps(sent(**fields)))

        assert answer.status_code == 422
        assert list(answer.json) == ["message"]
        assert named in answer.json["message"]
        assert service.facts() == 0
        [kept] = rejects()
        assert kept.path == PATH
        assert named in kept.reason

    def it_is_kept_without_the_key_and_without_what_was_filled_in(self, service: Service) -> None:
        service.post(PATH, sent(lead_id=None, gcl_id=KEY))

        [kept] = rejects()
        assert KEY not in kept.body + kept.reason
        assert PERSONAL not in kept.body + kept.reason
        assert json.loads(kept.body)["campaign_id"] == "12345678901234567890"

    def it_can_be_replayed_once_its_cause_is_fixed(
        self, service: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from growth.platforms.google_ads import SCHEMA

        monkeypatch.setattr(SCHEMA.fields["lead_id"], "length", 3)
        service.post(PATH, sent())
        monkeypatch.setenv("DATABASE_URL", service.settings.database_url)
        run = lambda: CliRunner().invoke(main, ["rejects", "replay", "--all"])  # noqa: E731

        refused = run()
        monkeypatch.setattr(SCHEMA.fields["lead_id"], "length", 240)
        stored = run()

        assert "is refused again" in refused.output
        assert stored.output == "stored 2 facts; 0 rejects are refused again\n"
        assert lead_in(service)["occurred_at"] == format_time(NOW)
        assert differences(service) == []

    def it_is_refused_whole_if_it_is_older_than_what_is_kept(
        self, make_service: Callable[..., Service]
    ) -> None:
        service = make_service(GROWTH_GOOGLE_ADS_KEY=KEY, GROWTH_RETENTION_DAYS="30")

        answer = service.post(PATH, sent(lead_submit_time="2026-09-22T12:00:00Z"))

        assert answer.status_code == 422
        assert service.facts() == 0

    def it_is_erased_with_the_lead(self, service: Service) -> None:
        from growth.maintenance.erasure import erase

        service.post(PATH, sent(lead_id=4711))
        service.post(PATH, sent(lead_id=4711, lead_submit_time="soon"))
        assert len(rejects()) == 1

        assert erase(service.ledger, [("user_id", "google_ads:4711")]).facts == 2
        assert rejects() == []
        assert service.ask(user_id="google_ads:4711")["results"] == []
        assert differences(service) == []
