"""Messages of Segment's and RudderStack's libraries, as they post them."""

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
from falcon import testing
from histories import differences
from live import DIRECT, serving
from segment import analytics
from service import NOW, Service

from growth.commands.main import main
from growth.database.tables import EventRecord, PageviewRecord, RejectRecord
from growth.schemas.times import format_time, parse_time

KEY, OTHER_KEY = "a-write-key", "another-write-key"
PATH = "/webhooks/segment"
BASIC = {"Authorization": "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()}
SECOND = 1_000_000
AT_LAST = "9999-12-31T00:00:00Z"


def message(kind: str, **fields: Any) -> dict[str, Any]:
    """A message as a library sends it, with `fields` added or replaced."""
    return {
        "type": kind,
        "messageId": f"{kind}-1",
        "anonymousId": "anon-1",
        "timestamp": "2026-11-22T11:00:00.000Z",
        "context": {"ip": "8.8.8.8", "locale": "en-US", "library": {"name": "analytics.js"}},
        "integrations": {},
        **fields,
    }


PAGE = message(
    "page",
    properties={"url": "https://shop.example/plans", "referrer": "https://www.google.com/"},
)
TRACK = message("track", event="Signed Up", userId="u-1", properties={"plan": "pro"})


@pytest.fixture
def service(make_service: Callable[..., Service]) -> Service:
    return make_service(GROWTH_SEGMENT_WRITE_KEYS=f"{KEY},{OTHER_KEY}")


def post(service: Service, *messages: Any, path: str = "/v1/batch", **more: Any) -> testing.Result:
    body = {"batch": list(messages), "sentAt": "2026-11-22T12:00:00Z", **more}
    return service.post(PATH + path, body, headers=BASIC)


def events(service: Service, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = service.ask(by="event", **query)["results"]
    return found


def rejects() -> list[RejectRecord]:
    return list(RejectRecord.select())


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
            "message": "The write key does not fit.",
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


class DescribeAPage:
    def it_is_a_pageview(self, service: Service) -> None:
        context = {"userAgent": "Mozilla/5.0", "ip": "8.8.8.8"}

        post(service, PAGE | {"userId": "u-1", "context": context})

        [page] = PageviewRecord.select()
        assert (page.fingerprint, page.user_id, page.fact_id) == ("anon-1", "u-1", "page-1")
        assert (page.url, page.referrer_url) == (
            "https://shop.example/plans",
            "https://www.google.com/",
        )
        assert page.user_agent == "Mozilla/5.0"
        assert page.created_at == parse_time("2026-11-22T11:00:00Z")

    def it_may_be_in_the_context(self, service: Service) -> None:
        seen = {"url": "https://shop.example/a", "referrer": "https://t.co/", "title": "A"}

        post(service, message("page", context={"page": seen}))

        [page] = PageviewRecord.select()
        assert (page.url, page.referrer_url) == ("https://shop.example/a", "https://t.co/")

    @pytest.mark.parametrize(
        ("url", "tagged"),
        [
            (
                "https://e.com/",
                "https://e.com/?utm_source=news&utm_medium=email&utm_campaign=a%20b",
            ),
            (
                "https://e.com/?a=1#top",
                "https://e.com/?a=1&utm_source=news&utm_medium=email&utm_campaign=a%20b#top",
            ),
            ("https://e.com/?UTM_Source=x", "https://e.com/?UTM_Source=x"),
            ("https://e.com/?a=1&utm_id=7#b", "https://e.com/?a=1&utm_id=7#b"),
        ],
    )
    def it_has_the_campaign_of_its_context_where_the_url_has_none(
        self, service: Service, url: str, tagged: str
    ) -> None:
        campaign = {"source": "news", "medium": "email", "name": "a b", "term": "", "content": 7}

        post(
            service,
            message("page", properties={"url": url}, context={"campaign": campaign}),
        )

        assert [page.url for page in PageviewRecord.select()] == [tagged]

    def it_is_of_the_user_where_no_device_is_known(self, service: Service) -> None:
        post(service, PAGE | {"anonymousId": None, "userId": 42})

        [person] = service.ask(user_id="42")["results"]
        assert (person["fingerprints"], person["pageviews"]) == (["42"], 1)

    def it_is_left_out_if_a_bot_saw_it(self, service: Service) -> None:
        post(service, PAGE | {"context": {"userAgent": "Googlebot/2.1"}})

        assert service.ask(by="visit")["results"] == []


class DescribeATrack:
    @pytest.mark.parametrize(
        ("theirs", "ours"),
        [
            ("Signed Up", "signup"),
            ("signed_up", "signup"),
            ("Trial Started", "trial"),
            ("Order Completed", "purchase"),
            ("order-completed", "purchase"),
            ("Subscription Cancelled", "unsubscribe"),
            ("Lead Generated", "lead"),
            ("signup", "signup"),
            *[("Lead", "lead"), ("LEAD", "lead"), ("Sign-up", "signup"), ("Trial", "trial")],
            *[("PURCHASE", "purchase"), ("Refund", "refund"), ("Unsubscribe", "unsubscribe")],
            *[("Order Refunded", "refund"), ("order_cancelled", "refund")],
            ("Song Played", "Song Played"),
        ],
    )
    def it_is_an_event_by_the_name_that_it_has_here(
        self, service: Service, theirs: str, ours: str
    ) -> None:
        post(service, TRACK | {"event": theirs})

        [event] = events(service)
        assert (event["name"], event["id"]) == (ours, "track-1")
        assert (event["fingerprint"], event["user_id"]) == ("anon-1", "u-1")
        assert event["data"] == {"plan": "pro"}

    @pytest.mark.parametrize(
        ("event", "properties", "value", "currency"),
        [
            ("Order Completed", {"revenue": 25.5, "total": 30, "currency": "eur"}, 25.5, "EUR"),
            ("Order Completed", {"revenue": "25.50"}, 25.5, "USD"),
            ("Order Completed", {"total": 30, "currency": "JPY"}, 30.0, "JPY"),
            ("Order Refunded", {"total": 30, "currency": "EUR"}, 30.0, "EUR"),
            ("Order Refunded", {"total": 30}, 30.0, None),
            ("Order Cancelled", {"revenue": 25, "total": 30, "currency": "EUR"}, 25.0, "EUR"),
            ("Order Cancelled", {}, None, None),
            ("Song Played", {"total": 30, "value": 3}, None, None),
            ("Song Played", {"revenue": 0, "currency": "EUR"}, 0.0, "EUR"),
            ("Song Played", {"revenue": "", "currency": "EUR"}, None, None),
        ],
    )
    def it_brings_its_revenue(
        self, service: Service, event: str, properties: Any, value: Any, currency: Any
    ) -> None:
        post(service, TRACK | {"event": event, "properties": {**properties, "order_id": "o-1"}})

        [found] = events(service)
        assert (found["value"], found["currency"]) == (value, currency)
        assert found["order_id"] == found["data"]["order_id"] == "o-1"

    @pytest.mark.parametrize(
        ("sent", "order_id"),
        [("o-1", "o-1"), (50_314, "50314"), (" 7 ", "7"), (None, None), ("0", None)],
    )
    def it_tells_its_order(self, service: Service, sent: Any, order_id: str | None) -> None:
        post(service, TRACK | {"event": "Order Completed", "properties": {"order_id": sent}})

        assert events(service)[0]["order_id"] == order_id

    def it_ends_in_an_attribution(self, service: Service) -> None:
        ad = {"url": "https://shop.example/?utm_source=google&utm_medium=cpc&utm_campaign=spring"}
        at = "2026-11-22T10:50:00Z"

        post(service, message("page", properties=ad, timestamp=at), TRACK)

        [person] = service.ask(user_id="u-1")["results"]
        [signup] = person["conversions"]
        assert signup["last_click"]["campaign"] == "spring"
        assert signup["time_to_convert"] == 600


class DescribeAnIdentify:
    def it_claims_the_visitor_for_the_user(self, service: Service) -> None:
        traits = {"email": "ada@example.com", "name": "Ada"}

        post(service, PAGE, message("identify", userId="u-1", traits=traits))

        [person] = service.ask(fingerprint="anon-1")["results"]
        assert (person["user_id"], person["pageviews"]) == ("u-1", 1)
        assert [each["data"] for each in events(service)] == [None]

    def it_claims_a_lead_that_its_traits_name(self, service: Service) -> None:
        post(service, message("identify", userId="u-1", traits={"lead_id": 7, "name": "Ada"}))

        claimed = events(service, fingerprint="google_ads:7")
        assert [(each["name"], each["user_id"]) for each in claimed] == [("identify", "u-1")]

    @pytest.mark.parametrize(
        ("traits", "within", "lead_id"),
        [
            (None, {"lead_id": 7, "email": "ada@example.com"}, "7"),
            (None, {"lead_id": "google_ads:7"}, "7"),
            ({}, {"lead_id": "7"}, "7"),
            ({"name": "Ada"}, {"lead_id": "7"}, "7"),
            ({"lead_id": "8"}, {"lead_id": "7"}, "8"),
        ],
    )
    def it_finds_traits_where_rudderstack_puts_them(
        self, service: Service, traits: Any, within: Any, lead_id: str
    ) -> None:
        post(service, message("identify", userId="u-1", traits=traits, context={"traits": within}))

        assert len(events(service, fingerprint=f"google_ads:{lead_id}")) == 1

    def it_aliases_what_the_user_was_before(self, service: Service) -> None:
        post(
            service,
            PAGE | {"anonymousId": "anon-0"},
            message("alias", anonymousId=None, previousId="anon-0", userId="u-1"),
        )

        [person] = service.ask(user_id="u-1")["results"]
        assert (person["fingerprints"], person["pageviews"]) == (["anon-0"], 1)


class DescribeConsent:
    def store(self, service: Service, preferences: Any) -> int:
        context = {"consent": {"categoryPreferences": preferences}}
        post(
            service,
            PAGE | {"context": context},
            TRACK | {"context": context},
            message("identify", userId="u-1", context=context),
        )
        return service.facts()

    @pytest.mark.parametrize(
        ("preferences", "stored"),
        [
            ({"Advertising": False, "Analytics": False}, 0),
            ({"C0001": False}, 0),
            ({"Advertising": None, "Analytics": False}, 0),
            ({"Advertising": "false"}, 0),
            ({"Advertising": False, "Analytics": True}, 3),
            ({"Functional": True}, 3),
            ({}, 3),
            (None, 3),
            ("all", 3),
            ([False], 3),
        ],
    )
    def it_is_needed_where_a_message_tells_any(
        self, service: Service, preferences: Any, stored: int
    ) -> None:
        assert self.store(service, preferences) == stored
        assert rejects() == []

    @pytest.mark.parametrize(
        ("preferences", "stored"),
        [
            ({"Functional": True, "Analytics": False, "Advertising": False}, 0),
            ({"Functional": True}, 0),
            ({"analytics": True}, 0),
            ({"Analytics": True}, 3),
            ({"Advertising": True, "Analytics": False}, 3),
            ({}, 3),
        ],
    )
    def it_is_needed_to_one_of_the_categories_of_the_operator(
        self, make_service: Callable[..., Service], preferences: Any, stored: int
    ) -> None:
        service = make_service(
            GROWTH_SEGMENT_WRITE_KEYS=KEY, GROWTH_CONSENT_CATEGORIES="Analytics, Advertising"
        )

        assert self.store(service, preferences) == stored


class DescribeTheTime:
    @pytest.mark.parametrize(
        ("fields", "at"),
        [
            ({"timestamp": "2026-11-22T13:00:00Z", "sentAt": "2026-11-22T13:00:10Z"}, -10),
            ({"timestamp": "2021-01-01T00:00:00Z", "sentAt": "2021-01-01T01:00:00Z"}, -3_600),
            ({"timestamp": "2026-11-22T11:59:00+00:00", "sentAt": None}, -60),
            ({"timestamp": "2026-11-22T11:59:00Z", "sentAt": "2026-11-22T11:59:58Z"}, -58),
            ({"timestamp": "2026-11-22T11:59:00Z", "sentAt": "2026-11-22T12:00:01Z"}, -61),
            ({"timestamp": "2026-11-22T11:59:00Z", "sentAt": "soon"}, -60),
            ({"timestamp": "2026-11-22T11:59:00Z", "sentAt": 7}, -60),
            ({"timestamp": None, "originalTimestamp": "2026-11-22T11:59:00Z"}, -60),
            (
                {
                    "timestamp": "2026-11-22T11:59:00Z",
                    "originalTimestamp": "2020-01-01T00:00:00Z",
                    "sentAt": "2020-01-01T00:10:00Z",
                },
                -60,
            ),
            ({"timestamp": None}, 0),
        ],
        ids=str,
    )
    def it_is_corrected_for_the_skew_of_the_senders_clock(
        self, service: Service, fields: dict[str, Any], at: int
    ) -> None:
        service.post(f"{PATH}/t", TRACK | fields, headers=BASIC)

        assert events(service)[0]["created_at"] == format_time(NOW + at * SECOND)

    def it_keeps_the_order_of_what_took_longer_or_shorter_to_arrive(self, service: Service) -> None:
        at = {"timestamp": "2026-11-22T11:59:59.200Z", "sentAt": "2026-11-22T11:59:59.210Z"}

        service.post(f"{PATH}/t", TRACK | at, headers=BASIC)
        service.now += SECOND // 10
        service.post(f"{PATH}/p", PAGE | at, headers=BASIC)

        [person] = service.ask(user_id="u-1")["results"]
        assert person["conversions"][0]["last_click"]["source"] == "google"

    def it_is_told_once_for_a_batch(self, service: Service) -> None:
        late = TRACK | {"messageId": "2", "timestamp": "2026-11-22T13:30:00Z"}

        post(
            service,
            TRACK | {"timestamp": "2026-11-22T13:00:00Z"},
            late,
            sentAt="2026-11-22T14:00:00Z",
        )

        found = {each["id"]: parse_time(each["created_at"]) for each in events(service)}
        assert found["2"] - found["track-1"] == 30 * 60 * SECOND

    def it_keeps_the_order_of_messages_that_tell_none(self, service: Service) -> None:
        post(service, *(TRACK | {"messageId": name, "timestamp": None} for name in "abc"))

        assert [each["id"] for each in events(service)] == ["c", "b", "a"]


class DescribeSendingAgain:
    def it_counts_once_although_it_is_sent_at_another_time(self, service: Service) -> None:
        for minute in range(3):
            service.now += 60 * SECOND
            sent_at = f"2026-11-22T12:0{minute}:07Z"
            assert post(service, PAGE, TRACK, sentAt=sent_at).json == {"success": True}

        assert service.facts() == 2
        assert rejects() == []

    def it_needs_no_message_id_if_it_tells_its_time(self, service: Service) -> None:
        for minute in range(3):
            service.now += 60 * SECOND
            message = TRACK | {"messageId": None, "sentAt": f"2026-11-22T12:0{minute}:00Z"}
            service.post(f"{PATH}/v1/track", message, headers=BASIC)

        assert service.facts() == 1

    def it_counts_each_message_without_id_and_time(self, service: Service) -> None:
        for _ in range(2):
            service.now += SECOND
            post(service, TRACK | {"messageId": "", "timestamp": None})

        assert service.facts() == 2


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

        assert failures == ["[Segment] unauthorized: The write key does not fit. (401)"]
