"""Rule 12: facts of age go, what stays keeps its credit, and older facts are refused."""

from __future__ import annotations

from typing import Any

import pytest
from histories import differences
from hypothesis import given, settings
from random_histories import deliver, histories

from growth.attribution.facts import DAY
from growth.database.tables import EventRecord, PageviewRecord, RemnantRecord, VisitRecord
from growth.maintenance.retention import Retention, purge, retention
from growth.schemas.times import format_time, parse_time

KEPT = Retention(events=30 * DAY, pageviews=120 * DAY)
SITE = "https://shop.example.com/"


def days_ago(service: Any, days: float) -> str:
    return format_time(service.now - round(days * DAY))


def page(service: Any, days: float, **fields: Any) -> dict[str, Any]:
    created_at = days_ago(service, days)
    return {"fingerprint": "phone", "url": SITE, "created_at": created_at, **fields}


def event(service: Any, name: str, days: float, **who: str) -> dict[str, Any]:
    return {"name": name, "created_at": days_ago(service, days), **(who or {"user_id": "ada"})}


def purged(service: Any) -> int:
    gone = purge(service.ledger, KEPT, lambda done: None)
    assert differences(service) == []
    return gone


@pytest.fixture
def ada(service: Any) -> Any:
    """Ada, seen and subscribed long ago, came by a newsletter and bought a book last week."""
    news = f"{SITE}?utm_source=news&utm_medium=email&utm_campaign=spring"
    service.store(
        "/pageviews",
        page(service, 300, user_id="ada"),
        page(service, 100, url=news),
        page(service, 8),
    )
    service.store(
        "/events",
        event(service, "trial", 299),
        event(service, "signup", 290),
        event(service, "purchase", 7, fingerprint="phone"),
    )
    return service


class DescribePurging:
    def it_deletes_events_after_the_retention_and_pageviews_after_the_lookback_too(
        self, ada: Any
    ) -> None:
        assert purged(ada) == 3
        assert [e.name for e in EventRecord.select()] == ["purchase"]
        assert PageviewRecord.select().count() == VisitRecord.select().count() == 2

    def it_keeps_the_credit_of_what_stays(self, ada: Any) -> None:
        (before,) = ada.ask(by="conversion", event="purchase", include="touches")["results"]
        purged(ada)
        (after,) = ada.ask(by="conversion", event="purchase", include="touches")["results"]
        assert (after["touches"], after["last_click"]) == (before["touches"], before["last_click"])
        assert (after["user_id"], after["revision"]) == ("ada", before["revision"])

    def it_counts_no_visitor_as_new_again(self, ada: Any) -> None:
        purged(ada)
        assert ada.ask(by="channel")["totals"]["new_visitors"] == 0
        assert ada.ask(by="landing_page")["totals"]["new_visitors"] == 0

    def it_remembers_who_signed_up_and_tried(self, ada: Any) -> None:
        purged(ada)
        ada.store("/events", event(ada, "signup", 1))
        assert ada.ask(by="conversion", event="signup")["results"] == []
        assert ada.ask(by="channel", event="purchase")["totals"]["from_trial"] == 1.0
        assert differences(ada) == []

    def it_remembers_a_state(self, ada: Any) -> None:
        purged(ada)
        assert ada.ask(user_id="ada")["results"][0]["state"] == "signup"

    def it_remembers_whose_a_device_was(self, ada: Any) -> None:
        purged(ada)
        ada.store("/pageviews", page(ada, 1))
        assert ada.ask(user_id="ada")["results"][0]["visits"] == 3

    def it_keeps_a_visit_whole_that_has_a_page_young_enough(self, service: Any) -> None:
        service.store("/pageviews", page(service, 120.01), page(service, 119.99))
        assert purged(service) == 0

    def it_forgets_a_person_of_whom_no_fact_is_left(self, service: Any) -> None:
        service.store("/pageviews", page(service, 300, user_id="ada"))
        service.store("/events", event(service, "signup", 290))
        assert purged(service) == 2
        assert RemnantRecord.select().count() == 0
        assert service.ask(user_id="ada")["results"] == []

    def it_keeps_what_it_remembers_of_a_visitor_that_belongs_to_itself(self, service: Any) -> None:
        service.store("/pageviews", page(service, 300))
        service.store(
            "/pageviews", *(page(service, 2, user_id=f"user {number}") for number in range(21))
        )
        assert purged(service) == 1
        assert service.ask(by="channel")["totals"]["new_visitors"] == 0

    def it_finds_nothing_the_second_time(self, ada: Any) -> None:
        purged(ada)
        assert purged(ada) == 0

    @settings(max_examples=25)
    @given(history=histories)
    def it_leaves_the_credit_of_all_that_stays(self, service: Any, history: list[Any]) -> None:
        service.now = parse_time("2026-03-01T08:00:00Z") + 140 * DAY
        deliver(service, [history])
        before = earned(service)
        purged(service)
        horizon = service.now - KEPT.events
        assert earned(service) == [each for each in before if each[0] >= horizon]


def earned(service: Any) -> list[Any]:
    """What each conversion that counts earned: its time, its person and its clicks."""
    found = service.ask(by="conversion", include="touches")["results"]
    return [
        (parse_time(each["occurred_at"]), each["id"], each["user_id"], each["touches"])
        for each in found
    ]


class DescribeRefusing:
    @pytest.mark.parametrize(
        ("path", "days", "status"),
        [
            pytest.param("/pageviews", 119, 200, id="a pageview within retention and lookback"),
            pytest.param("/pageviews", 121, 422, id="a pageview older than both"),
            pytest.param("/events", 29, 200, id="an event within the retention"),
            pytest.param("/events", 31, 422, id="an event older than the retention"),
        ],
    )
    def it_refuses_what_would_be_purged(
        self, make_service: Any, path: str, days: int, status: int
    ) -> None:
        service = make_service(GROWTH_RETENTION_DAYS="30")
        body = page(service, days) if path == "/pageviews" else event(service, "login", days)
        result = service.post(path, body)
        assert result.status_code == status
        if status == 422:
            assert "kept" in result.json["errors"]["created_at"][0]


class DescribeRetention:
    def it_keeps_pageviews_for_the_lookback_longer(self) -> None:
        assert retention(30, 90) == KEPT

    def it_keeps_all_at_zero(self) -> None:
        assert retention(0, 90) is None
