"""Orders and refunds in reports and lists."""

from __future__ import annotations

from typing import Any

import pytest
from histories import DAYS, did, seen
from service import Service

from growth.schemas.times import format_time

EUR = {"currency": "EUR"}


@pytest.fixture
def ordered(service: Service) -> Service:
    """An order of 100 after a click on an ad. 30 are refunded days later, after a newsletter."""
    service.store("/pageviews", seen(0, "ad"), seen(5 * DAYS, "newsletter"))
    service.store("/events", did(60, "purchase", order_id="o-1", id="p-1", value=100, **EUR))
    service.now += 1_000_000
    service.store(
        "/events", did(5 * DAYS + 60, "refund", order_id="o-1", id="r-1", value=30, **EUR)
    )
    return service


def listed(service: Service, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = service.ask(**{"by": "conversion", **params})["results"]
    return found


class DescribeARefundedOrder:
    def it_has_its_value_after_refunds_and_what_was_refunded(self, ordered: Service) -> None:
        [found] = listed(ordered)

        assert (found["order_id"], found["value"], found["refunded"]) == ("o-1", 70.0, 30.0)
        assert (found["revision"], found["retracted"]) == (2, False)
        [person] = ordered.ask(fingerprint="phone")["results"]
        assert person["conversions"][0]["refunded"] == 30.0

    def it_is_in_the_feed_anew(self, ordered: Service) -> None:
        [found] = listed(ordered, changed_since=format_time(ordered.now))

        assert (found["id"], found["value"], found["revision"]) == ("p-1", 70.0, 2)

    def it_takes_from_the_clicks_of_the_order(self, ordered: Service) -> None:
        rows = ordered.ask(by="campaign", event="purchase")["results"]

        assert {row["campaign"]: row["revenue"] for row in rows} == {
            "spring": {"EUR": 70.0},
            "march": {},
        }

    def it_is_not_refunded_in_other_orders(self, service: Service) -> None:
        service.store("/events", did(60, "purchase", value=5, **EUR), did(90, "signup"))

        assert [(each["order_id"], each["refunded"]) for each in listed(service)] == [
            (None, 0.0)
        ] * 2


class DescribeTheFilter:
    def it_keeps_the_conversions_and_events_of_an_order(self, ordered: Service) -> None:
        ordered.store("/events", did(90, "purchase", order_id="o-2", id="p-2"))

        assert [each["id"] for each in listed(ordered, order_id=" o-2 ")] == ["p-2"]
        assert len(listed(ordered, order_id=["o-1", "o-2"])) == 2
        assert listed(ordered, order_id="o-3") == []
        events = ordered.ask(by="event", order_id="o-1")["results"]
        assert [(each["name"], each["order_id"]) for each in events] == [
            ("refund", "o-1"),
            ("purchase", "o-1"),
        ]
        assert ordered.ask(by="name", order_id="o-1")["totals"] == {"events": 2}


class DescribeNamesInAnyCase:
    @pytest.mark.parametrize("event", ["Purchase", "purchase", "PURCHASE"])
    @pytest.mark.parametrize("sent", ["Purchase", "purchase"])
    def it_finds_conversions_and_events(self, service: Service, event: str, sent: str) -> None:
        service.store("/events", did(60, sent, value=5, user_id="ada", **EUR))

        assert [each["event"] for each in listed(service, event=event)] == ["purchase"]
        assert service.ask(by="channel", event=event)["totals"]["revenue"] == {"EUR": 5.0}
        assert [row["name"] for row in service.ask(by="event", event=event)["results"]] == [sent]
        [row] = service.ask(by="category", event=event, include="users")["results"]
        assert (row["events"], row["users"]) == (1, ["ada"])

    def it_takes_other_events_to_the_letter(self, service: Service) -> None:
        service.store("/events", did(60, "End"))

        assert service.ask(by="event", event="end")["results"] == []
