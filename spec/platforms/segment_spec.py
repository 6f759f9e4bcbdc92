"""The endpoint for Segment's and RudderStack's libraries: keys, paths, and what is refused."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from databases import Other
from histories import differences
from live import DIRECT, serving
from platforms.segment_messages import (
    BASIC,
    KEY,
    OTHER_KEY,
    PAGE,
    PATH,
    SECOND,
    TRACK,
    message,
    post,
    rejects,
)
from segment import analytics
from service import NOW, Service

from growth.commands.main import main
from growth.database.tables import EventRecord, RejectRecord


class DescribeTheWriteKey:
    @pytest.mark.parametrize("key", [KEY, OTHER_KEY])
    def it_stands_in_the_header_or_in_the_body(self, service: Service, key: str) -> None:
        encoded = base64.b64encode(f"{key}:".encode()).decode()
        answers = [
            service.post(f"{PATH}/v1/page", PAGE, headers={"Authorization": f"Basic {encoded}"}),
            service.post(f"{PATH}/v1/page", PAGE | {"writeKey": key}),
            service.post(f"{PATH}/v1/batch", {"batch": [PAGE], "writeKey": key}),
            service.post(f"{PATH}/beacon/v1/batch?writeKey={key}", {"batch": [PAGE]}),
        ]

        assert [(each.status_code, each.json) for each in answers] == [(200, {"success": True})] * 4
        assert service.facts() == 1

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Authorization": "Basic " + base64.b64encode(b"wrong:").decode()},
            {"Authorization": "Basic " + base64.b64encode(b"\xff:").decode()},
            {"Authorization": "Basic !"},
            {"Authorization": f"Bearer {KEY}"},
        ],
    )
    @pytest.mark.parametrize("key", [None, "", "wrong", 1, [KEY], {"a": KEY}])
    def it_is_401_if_it_does_not_fit_and_nothing_is_kept(
        self, service: Service, headers: dict[str, str], key: Any
    ) -> None:
        answer = service.post(f"{PATH}/v1/track", {"writeKey": key}, headers=headers)

        assert answer.status_code == 401
        assert answer.json == {
            "success": False,
            "code": "unauthorized",
            "message": "The write key is wrong.",
        }
        assert (service.facts(), rejects()) == (0, [])

    def it_switches_the_endpoint_off_if_none_is_set(
        self, make_service: Callable[..., Service]
    ) -> None:
        answer = make_service().post(f"{PATH}/v1/track", TRACK, headers=BASIC)

        assert answer.status_code == 404
        assert answer.json["code"] == "not_found"
        assert "GROWTH_SEGMENT_WRITE_KEYS is not set" in answer.json["message"]

    def it_is_kept_nowhere(self, service: Service) -> None:
        service.post(f"{PATH}/b", {"batch": [7, PAGE | {"writeKey": KEY}, {}], "writeKey": KEY})
        service.send(f"{PATH}/b", '{"writeKey": "a-write-key", "batch"', **BASIC)

        assert len(rejects()) == 3
        assert not [each for each in rejects() if KEY in each.body + each.reason]


class DescribeThePaths:
    @pytest.mark.parametrize(
        ("path", "stored"),
        [
            ("/v1/page", PAGE),
            ("/v1/p", PAGE),
            ("/p", PAGE),
            ("/page", PAGE),
            ("/v1/track", TRACK),
            ("/t", TRACK),
            ("/v1/identify", message("identify", userId="u-1")),
            ("/i", message("identify", userId="u-1")),
            ("/v1/alias", message("alias", userId="u-1", previousId="anon-0")),
            ("/a", message("alias", userId="u-1", previousId="anon-0")),
            ("", TRACK),
            ("", {"batch": [TRACK]}),
            ("/v1/batch", {"batch": [TRACK]}),
            ("/v1/b", {"batch": [TRACK]}),
            ("/b", {"batch": [TRACK]}),
            ("/b/", {"batch": [TRACK]}),
        ],
    )
    def it_takes_what_libraries_post(self, service: Service, path: str, stored: Any) -> None:
        without_type = {name: value for name, value in stored.items() if name != "type" or not path}

        answer = service.post(PATH + path, without_type, headers=BASIC)

        assert answer.json == {"success": True}
        assert service.facts() == 1

    @pytest.mark.parametrize("path", ["/v1", "/v2/pages", "/batches"])
    def it_is_404_at_others(self, service: Service, path: str) -> None:
        assert service.post(PATH + path, TRACK, headers=BASIC).status_code == 404

    @pytest.mark.parametrize("kind", ["text/plain", "text/plain;charset=UTF-8"])
    def it_takes_what_a_beacon_sends(self, service: Service, kind: str) -> None:
        body = json.dumps({"batch": [TRACK], "writeKey": KEY})

        assert service.send(f"{PATH}/b", body, kind).json == {"success": True}
        assert service.facts() == 1

    def it_takes_gzip(self, service: Service) -> None:
        body = gzip.compress(json.dumps({"batch": [TRACK], "writeKey": KEY}).encode())

        answer = service.send(f"{PATH}/v1/batch", body, Content_Encoding="gzip")
        assert answer.json == {"success": True}

    @pytest.mark.parametrize("kind", ["group", "screen", "delete", "🙂"])
    def it_ignores_other_kinds_of_messages(self, service: Service, kind: str) -> None:
        assert post(service, message(kind, groupId="g")).json == {"success": True}

        assert (service.facts(), rejects()) == (0, [])


class DescribeWhatCannotBeMapped:
    @pytest.mark.parametrize(
        ("path", "body", "why"),
        [
            ("", 7, "_schema"),
            ("", {}, "type"),
            ("", {"type": 7}, "type"),
            ("/v1/page", PAGE | {"properties": {"url": "/plans"}}, "url"),
            ("/v1/page", PAGE | {"properties": 7}, "url"),
            ("/v1/page", PAGE | {"anonymousId": {}}, "fingerprint"),
            ("/v1/page", PAGE | {"anonymousId": None}, "fingerprint"),
            ("/v1/track", TRACK | {"event": None}, "name"),
            ("/v1/track", TRACK | {"event": ["Signed Up"]}, "name"),
            ("/v1/track", TRACK | {"properties": [1]}, "data"),
            ("/v1/track", TRACK | {"properties": {"revenue": "much"}}, "value"),
            ("/v1/track", TRACK | {"properties": {"revenue": 1, "currency": 7}}, "currency"),
            ("/v1/track", TRACK | {"timestamp": 1795338000}, "created_at"),
            ("/v1/track", TRACK | {"timestamp": "now"}, "created_at"),
            (
                "/v1/track",
                TRACK | {"timestamp": "0001-01-01T00:00Z", "sentAt": "9999-01-01T00:00Z"},
                "timestamp",
            ),
            ("/v1/track", TRACK | {"messageId": []}, "id"),
            ("/v1/identify", {"type": "identify"}, "fingerprint"),
            ("/v1/batch", {"batch": {}}, "batch"),
            ("/v1/batch", {}, "batch"),
        ],
    )
    def it_is_told_why_and_kept(self, service: Service, path: str, body: Any, why: str) -> None:
        answer = service.post(PATH + path, body, headers=BASIC)

        if path == "/v1/batch":
            assert answer.json == {"success": True}
        elif body == 7:
            assert answer.status_code == 422
        else:
            assert answer.status_code == 422
            assert answer.json["code"] == "unprocessable_entity"
            assert why in answer.json["message"]
        assert [why in each.reason for each in rejects()] == [True]

    def it_leaves_the_others_of_its_batch(self, service: Service) -> None:
        answer = post(service, PAGE, None, TRACK | {"event": "x" * 101}, TRACK, "\x00")

        assert answer.json == {"success": True}
        assert service.facts() == 2
        assert len(rejects()) == 3

    @pytest.mark.parametrize(
        "number", ["NaN", "-Infinity", "1e999", "18446744073709551616", "9" * 400, '"many"']
    )
    @pytest.mark.parametrize("place", ["revenue", "price"])
    def it_leaves_the_others_of_its_batch_if_a_number_is_bad(
        self, service: Service, number: str, place: str
    ) -> None:
        bad = TRACK | {"messageId": "bad", "properties": {place: "bad-number"}}
        text = json.dumps({"batch": [PAGE, bad, TRACK]}).replace('"bad-number"', number)

        answer = service.send(f"{PATH}/v1/batch", text, **BASIC)

        assert answer.json == {"success": True}
        is_stored = (place, number) == ("price", '"many"')
        assert (service.facts(), len(rejects())) == ((3, 0) if is_stored else (2, 1))

    def it_is_kept_without_what_is_personal(self, service: Service) -> None:
        traits = {"email": "ada@example.com", "lead_id": "l-1"}
        bad = message("identify", userId={"no": "id"}, traits=traits)

        post(service, bad)

        [kept] = rejects()
        assert json.loads(kept.body) == {
            "type": "identify",
            "messageId": "identify-1",
            "anonymousId": "anon-1",
            "userId": {"no": "id"},
            "timestamp": "2026-11-22T11:00:00.000Z",
            "sentAt": "2026-11-22T12:00:00Z",
            "context": {"page": {}, "campaign": {}},
            "traits": {"lead_id": "l-1"},
        }

    @pytest.mark.parametrize("body", [b"{", b"", b"\xff", b"[" * 100_000, b"{'a': 1}"])
    def it_need_not_be_json(self, service: Service, body: bytes) -> None:
        answer = service.send(f"{PATH}/v1/batch", body, **BASIC)

        assert answer.status_code == 400
        assert answer.json["code"] == "bad_request"

    @pytest.mark.parametrize("depth", [10, 240, 260, 900, 940, 1_100])
    @pytest.mark.parametrize("name", ["properties", "userId", "messageId", "event"])
    def it_may_nest_however_deep(self, service: Service, name: str, depth: int) -> None:
        text = json.dumps({**TRACK, "messageId": None, name: "deep"})
        body = text.replace('"deep"', '{"a":' + "[" * depth + "]" * depth + "}")

        answer = service.send(f"{PATH}/v1/track", body, **BASIC)

        assert answer.status_code in (200, 400, 422)
        assert answer.status_code == 200 or {"code", "message"} < set(answer.json)

    @pytest.mark.parametrize("number", [2**64, -(2**64), 1e300])
    def it_has_no_numbers_past_64_bits(self, service: Service, number: float) -> None:
        answer = service.post(f"{PATH}/v1/track", TRACK | {"userId": number}, headers=BASIC)

        assert "A number is past 64 bits" in answer.json["message"]
        assert "u-1" not in rejects()[0].body

    def it_has_limits(self, service: Service) -> None:
        assert post(service, *[{}] * 501).status_code == 413
        post(service, TRACK | {"properties": {"a": "x" * 33_000}})

        assert (service.facts(), rejects()) == (0, [])

    def it_can_be_replayed_with_the_time_of_its_receipt(
        self, service: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", service.settings.database_url)
        wrong = TRACK | {"event": 7, "timestamp": "2026-11-22T15:00:00Z"}
        post(service, wrong, sentAt="2026-11-22T15:10:00Z")
        fixed = RejectRecord.get()
        RejectRecord.update(body=fixed.body.replace('"event": 7', '"event": "Signed Up"')).execute()

        told = CliRunner().invoke(main, ["rejects", "replay", "--all"])

        assert told.output == "stored 1 facts; 0 rejects are refused again\n"
        [event] = EventRecord.select()
        assert event.created_at == NOW - 600 * SECOND
        assert differences(service) == []


class DescribeALockedDatabase:
    def it_is_a_503_that_asks_to_try_again(self, service: Service, other: Other) -> None:
        other.lock()

        answer = post(service, TRACK)

        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert answer.json["code"] == "service_unavailable"


class DescribeTheOfficialLibrary:
    @pytest.fixture
    def url(self, tmp_path: Path) -> Iterator[str]:
        with serving(tmp_path, GROWTH_SEGMENT_WRITE_KEYS=KEY) as server:
            yield server.url

    @pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
    def it_works_unchanged(self, url: str, packed: bool) -> None:
        failures: list[Any] = []
        client = analytics.Client(
            KEY,
            host=url + PATH,
            gzip=packed,
            on_error=lambda error, items: failures.append(error),
            max_retries=0,
        )
        context = {"campaign": {"source": "news", "medium": "email", "name": "march"}}
        client.page(
            anonymous_id="anon-1", properties={"url": "https://shop.example/"}, context=context
        )
        client.identify("u-1", {"email": "ada@example.com"}, anonymous_id="anon-1")
        client.track("u-1", "Order Completed", {"revenue": 19.99, "currency": "EUR"})
        client.alias("anon-0", "u-1")
        client.group("u-1", "g-1")
        client.shutdown()

        assert failures == []
        with DIRECT.open(f"{url}/attribution?user_id=u-1") as response:
            [person] = json.load(response)["results"]
        assert person["fingerprints"] == ["anon-0", "anon-1"]
        [purchase] = person["conversions"]
        assert (purchase["event"], purchase["value"], purchase["currency"]) == (
            "purchase",
            19.99,
            "EUR",
        )
        assert purchase["last_click"]["campaign"] == "march"

    def it_is_told_why_it_is_refused(self, url: str) -> None:
        failures: list[Any] = []
        client = analytics.Client(
            "wrong", host=url + PATH, on_error=lambda error, items: failures.append(str(error))
        )
        client.track("u-1", "Signed Up")
        client.shutdown()

        assert failures == ["[Segment] unauthorized: The write key is wrong. (401)"]
