"""Leads of Meta's lead ads, as Meta posts them."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from falcon import testing
from histories import differences
from service import NOW, Service, problem

from growth.commands.main import main
from growth.database.tables import RejectRecord
from growth.platforms.meta import SCHEMA
from growth.schemas.times import format_time

SECRET, TOKEN = "an-app-secret-of-meta", "a-word-of-ours"
PATH = "/webhooks/meta"


def change(**fields: Any) -> dict[str, Any]:
    """A change about a lead as Meta posts it, with `fields` added or replaced."""
    value = {
        "leadgen_id": "4711",
        "ad_id": "120200000000000001",
        "adgroup_id": "120200000000000002",
        "form_id": "555",
        "page_id": "666",
        "created_time": 1795338000,
    }
    return {"field": "leadgen", "value": {**value, **fields}}


def sent(*changes: Any) -> dict[str, Any]:
    return {"object": "page", "entry": [{"id": "0", "time": 1, "changes": list(changes)}]}


def signature(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def post(service: Service, body: Any, **headers: str) -> testing.Result:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return service.send(PATH, raw, **{"X_Hub_Signature_256": signature(raw), **headers})


@pytest.fixture
def service(make_service: Callable[..., Service]) -> Service:
    return make_service(GROWTH_META_APP_SECRET=SECRET, GROWTH_META_VERIFY_TOKEN=TOKEN)


def leads(service: Service) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = service.ask(by="conversion")["results"]
    return found


def rejects() -> list[RejectRecord]:
    return list(RejectRecord.select().order_by(RejectRecord.body))


class DescribeTheProof:
    def ask(self, service: Service, **params: str) -> testing.Result:
        return service.client.simulate_get(
            PATH, params={f"hub.{name}": value for name, value in params.items()}
        )

    def it_answers_the_challenge(self, service: Service) -> None:
        answer = self.ask(service, mode="subscribe", challenge="1158201444", verify_token=TOKEN)

        assert (answer.status_code, answer.text) == (200, "1158201444")
        assert answer.headers["content-type"].startswith("text/plain")

    @pytest.mark.parametrize("token", ["", "a-word", f"{TOKEN},{TOKEN}", "wörd"])
    def it_refuses_another_word(self, service: Service, token: str) -> None:
        told = problem(self.ask(service, challenge="1", verify_token=token), 403)

        assert told["detail"] == "The hub.verify_token is wrong."
        problem(service.get(PATH), 403)
        problem(service.get(PATH, f"hub.verify_token={TOKEN}&hub.verify_token={TOKEN}"), 403)

    def it_needs_no_read_token(self, make_service: Callable[..., Service]) -> None:
        service = make_service(
            GROWTH_META_VERIFY_TOKEN=TOKEN, GROWTH_READ_TOKENS="a-token-of-16-ch"
        )

        assert self.ask(service, challenge="1", verify_token=TOKEN).text == "1"

    def it_is_off_without_a_word(self, make_service: Callable[..., Service]) -> None:
        told = problem(self.ask(make_service(), challenge="1", verify_token=""), 404)

        assert told["detail"] == "This path is switched off: GROWTH_META_VERIFY_TOKEN is not set."


class DescribeTheSignature:
    def it_is_over_the_bytes_as_they_were_sent(self, service: Service) -> None:
        raw = gzip.compress(json.dumps(sent(change()), indent=3).encode())

        assert post(service, raw, Content_Encoding="gzip").status_code == 200
        assert len(leads(service)) == 1

    @pytest.mark.parametrize(
        "wrong",
        ["", "sha256=", "sha256=00", "sha1=00", "é", signature(b"{}"), signature(b"[]", "other")],
    )
    def it_is_401_if_it_does_not_fit_and_nothing_is_kept(
        self, service: Service, wrong: str
    ) -> None:
        for body in (json.dumps(sent(change())), "{", ""):
            told = problem(service.send(PATH, body, X_Hub_Signature_256=wrong), 401)
            assert told["detail"] == "The X-Hub-Signature-256 is wrong."

        problem(service.post(PATH, sent(change())), 401)
        assert (service.facts(), rejects()) == (0, [])

    def it_lets_in_beside_the_tokens(self, make_service: Callable[..., Service]) -> None:
        service = make_service(
            GROWTH_META_APP_SECRET=SECRET, GROWTH_WRITE_TOKENS="a-token-of-16-ch"
        )

        assert post(service, sent(change())).status_code == 200

    def it_is_off_without_a_secret(self, make_service: Callable[..., Service]) -> None:
        raw = json.dumps(sent(change())).encode()

        answer = make_service().send(PATH, raw, X_Hub_Signature_256=signature(raw, ""))

        assert problem(answer, 404)["detail"].endswith("GROWTH_META_APP_SECRET is not set.")


class DescribeALead:
    def it_is_a_conversion_with_a_click_of_its_own(self, service: Service) -> None:
        answer = post(service, sent(change()))

        assert (answer.status_code, answer.text) == (200, "{}")
        [lead] = leads(service)
        assert (lead["user_id"], lead["event"]) == ("meta:4711", "lead")
        assert lead["occurred_at"] == "2026-11-22T09:00:00Z"
        click = lead["last_click"]
        assert (click["channel"], click["source"], click["medium"], click["paid"]) == (
            "Paid Social",
            "facebook",
            "paid_social",
            True,
        )
        assert (click["content"], click["landing_page"]) == (
            "120200000000000001",
            "/lead-form/555",
        )
        [event] = service.ask(by="event", category="meta")["results"]
        assert event["data"] == {
            "ad_id": "120200000000000001",
            "adgroup_id": "120200000000000002",
            "form_id": "555",
            "page_id": "666",
        }

    @pytest.mark.parametrize("as_type", [int, str])
    def it_keeps_every_digit_of_its_ids(self, service: Service, as_type: type) -> None:
        post(service, sent(change(leadgen_id=as_type(2**63), ad_id=as_type(2**64 - 1))))

        [lead] = leads(service)
        assert lead["user_id"] == "meta:9223372036854775808"
        assert lead["last_click"]["content"] == "18446744073709551615"

    @pytest.mark.parametrize("ad_id", [0, "0", None, ""])
    def it_is_organic_without_an_ad(self, service: Service, ad_id: Any) -> None:
        post(service, sent(change(ad_id=ad_id)))

        [lead] = leads(service)
        click = lead["last_click"]
        assert (click["channel"], click["paid"], click["content"]) == (
            "Organic Social",
            False,
            None,
        )

    def it_comes_with_others_and_what_is_no_lead_is_passed_over(self, service: Service) -> None:
        other = {"field": "feed", "value": {"message": "private"}}
        body = sent(change(leadgen_id=1), other, change(leadgen_id=2))
        body["entry"] += [{"messaging": [{}]}, *sent(change(leadgen_id=3))["entry"]]

        assert post(service, body).text == "{}"

        assert sorted(each["id"] for each in leads(service)) == ["1", "2", "3"]
        assert rejects() == []

    def it_counts_once_however_often_it_comes(self, service: Service) -> None:
        for fields in ({}, {}, {"created_time": None}, {"created_time": "1795338000"}):
            service.now += 1
            assert post(service, sent(change(**fields))).status_code == 200

        assert service.facts() == 2
        assert rejects() == []

    def it_is_as_of_its_receipt_without_a_time(self, service: Service) -> None:
        post(service, sent(change(created_time=None)))

        assert leads(service)[0]["occurred_at"] == format_time(NOW)


class DescribeTheTestButton:
    """See https://developers.facebook.com/docs/graph-api/webhooks/getting-started/."""

    @pytest.mark.parametrize("lead_id", ["444444444444", 444444444444])
    def it_is_stored_as_a_test_and_counts_for_nothing(self, service: Service, lead_id: Any) -> None:
        same = "444444444444"
        fields = {"ad_id": "444444444", "adgroup_id": "44444444444", "form_id": same}
        for at in (1795338000, 1795338060):
            body = sent(change(leadgen_id=lead_id, page_id=same, created_time=at, **fields))
            assert post(service, body).text == "{}"

        [event] = service.ask(by="event")["results"]
        assert (event["name"], event["user_id"]) == ("test_lead", f"meta:{same}")
        assert event["data"] == {**fields, "page_id": same, "is_test": True}
        assert (leads(service), service.ask(by="visit")["results"], rejects()) == ([], [], [])

    @pytest.mark.parametrize("lead_id", ["44444444444", "4444444444444", "444444444445", 4])
    def it_is_nothing_else(self, service: Service, lead_id: Any) -> None:
        post(service, sent(change(leadgen_id=lead_id)))

        assert [each["id"] for each in leads(service)] == [str(lead_id)]


class DescribeWhatCannotBeMapped:
    @pytest.mark.parametrize(
        ("body", "why"),
        [
            (b"{", "_schema"),
            (b"\xff", "_schema"),
            (b"[" * 100_000, "_schema"),
            (b"7", "_schema"),
            (b'{"entry": 7}', "leadgen_id"),
            (b'{"entry": [7]}', "_schema"),
            (b'{"entry": [{"changes": {}}]}', "leadgen_id"),
            (b'{"entry": [{"changes": [null]}]}', "_schema"),
            (b'{"entry": [{"changes": [{"field": "leadgen"}]}]}', "_schema"),
        ],
    )
    def it_is_answered_for_good_and_kept(self, service: Service, body: bytes, why: str) -> None:
        answer = post(service, body)

        assert (answer.status_code, answer.text) == (200, "{}")
        assert [why in each.reason for each in rejects()] == [True]

    @pytest.mark.parametrize(
        "fields",
        [
            {"leadgen_id": None},
            {"leadgen_id": {}},
            {"ad_id": 1.5},
            {"form_id": [1]},
            {"created_time": "now"},
            {"created_time": 1.5},
            {"created_time": 10**18},
            {"created_time": -(10**18)},
            {"leadgen_id": "\x00"},
        ],
    )
    def it_takes_the_leads_beside_it(self, service: Service, fields: dict[str, Any]) -> None:
        bad = change(leadgen_id=fields.pop("leadgen_id", 8), **fields)

        assert post(service, sent(change(leadgen_id=1), bad)).status_code == 200

        assert [each["id"] for each in leads(service)] == ["1"]
        assert len(rejects()) == 1

    def it_can_be_replayed_once_its_cause_is_fixed(
        self, service: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", service.settings.database_url)
        monkeypatch.setattr(SCHEMA.fields["ad_id"], "length", 3)
        post(service, sent(change(created_time=None)))
        post(service, b"{")
        assert leads(service) == []
        monkeypatch.undo()
        monkeypatch.setenv("DATABASE_URL", service.settings.database_url)

        told = CliRunner().invoke(main, ["rejects", "replay", "--all"])

        assert told.output.endswith("stored 2 facts; 1 rejects are refused again\n")
        assert leads(service)[0]["occurred_at"] == format_time(NOW)
        assert differences(service) == []
