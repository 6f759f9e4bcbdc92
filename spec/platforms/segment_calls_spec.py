"""Each kind of message of Segment's and RudderStack's libraries, and its time and consent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from platforms.segment_messages import (
    BASIC,
    KEY,
    PAGE,
    PATH,
    SECOND,
    TRACK,
    events,
    message,
    post,
    rejects,
)
from service import NOW, Service

from growth.database.tables import PageviewRecord
from growth.schemas.times import format_time, parse_time


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
