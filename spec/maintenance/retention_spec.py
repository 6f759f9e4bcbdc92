"""Rule 12: old facts are purged and refused; the conversions that stay keep their credit."""

from __future__ import annotations

from typing import Any

import pytest
from histories import differences
from hypothesis import given, settings
from random_histories import deliver, histories

from growth.attribution.credit import ACQUISITION
from growth.attribution.facts import DAY
from growth.database.statements import database
from growth.database.tables import (
    DERIVED,
    EventRecord,
    OriginRecord,
    PageviewRecord,
    PersonRecord,
    RemnantRecord,
    VisitRecord,
)
from growth.maintenance.retention import Retention, purge, retention
from growth.schemas.times import format_time, now_us, parse_time

KEPT = Retention(events=30 * DAY, pageviews=120 * DAY)
SITE = "https://shop.example.com/"


def days_ago(service: Any, days: float) -> str:
    return format_time(service.now - round(days * DAY))


def page(service: Any, days: float, **fields: Any) -> dict[str, Any]:
    created_at = days_ago(service, days)
    return {"fingerprint": "phone", "url": SITE, "created_at": created_at, **fields}


def event(service: Any, name: str, days: float, **who: Any) -> dict[str, Any]:
    return {"name": name, "created_at": days_ago(service, days), "user_id": "ada", **who}


def purged(service: Any) -> int:
    gone = purge(service.ledger, KEPT, lambda done: None)
    assert differences(service) == []
    return gone


@pytest.fixture
def ada(service: Any) -> Any:
    """Ada subscribed long ago, came by a newsletter last week, and bought a book."""
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
        event(service, "purchase", 7, fingerprint="phone", user_id=None),
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
        assert within_lookback(after["touches"]) == within_lookback(before["touches"])
        assert after["last_click"] == before["last_click"]
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

    def it_remembers_a_visitor_that_becomes_a_shared_terminal(self, service: Any) -> None:
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
    """The time, id, user and touches of each conversion."""
    found = service.ask(by="conversion", include="touches")["results"]
    return [
        (
            parse_time(each["occurred_at"]),
            each["id"],
            each["user_id"],
            within_lookback(each["touches"]),
        )
        for each in found
    ]


def within_lookback(touches: list[Any]) -> list[Any]:
    """The touches without credit of the model `acquisition`, whose visits may be purged."""
    shares = [{**each, "credit": {k: v for k, v in each["credit"].items() if k != ACQUISITION}}
               for each in touches]  # fmt: skip
    return [each for each in shares if any(each["credit"].values())]


class DescribeOrders:
    def it_lets_all_events_of_an_order_go_with_its_first(self, service: Any) -> None:
        order = {"user_id": "ada", "order_id": "A-1"}
        service.store("/pageviews", page(service, 20, fingerprint="laptop"))
        service.store(
            "/events",
            event(service, "purchase", 31, **order, value="10", currency="EUR"),
            event(service, "purchase", 29, **order, fingerprint="laptop"),
            event(service, "refund", 10, **order, value="4", currency="EUR"),
            event(service, "purchase", 9, user_id="ada", order_id="A-2", value="5", currency="EUR"),
            event(service, "purchase", 31, user_id="bob", order_id="A-1"),
        )
        assert service.ask(user_id="ada")["results"][0]["visits"] == 1

        assert purged(service) == 4

        assert service.ask(event="purchase")["totals"]["revenue"] == {"EUR": 5.0}
        (ada,) = service.ask(user_id="ada")["results"]
        assert (ada["visits"], ada["fingerprints"]) == (1, ["laptop"])

    def it_leaves_nothing_of_a_visitor_whose_only_fact_went(self, service: Any) -> None:
        order = {"user_id": "ada", "order_id": "A-1"}
        service.store(
            "/events",
            event(service, "purchase", 31, **order),
            event(service, "purchase", 29, **order, fingerprint="laptop"),
        )

        assert purged(service) == 2
        assert dump_of_derived() == []


class DescribeAcquisitions:
    def it_keeps_where_a_person_came_from_as_long_as_anything_is_kept(self, ada: Any) -> None:
        before = PersonRecord.get_by_id("u:ada")

        purged(ada)

        after = PersonRecord.get_by_id("u:ada")
        assert (before.is_kept, after.is_kept) == (False, True)
        for name in ("acquired_at", "fingerprint", "started_at", "click", "origin"):
            assert getattr(after, name) == getattr(before, name) is not None

    def it_goes_with_the_last_fact(self, ada: Any) -> None:
        purged(ada)
        ada.now += 200 * DAY

        assert purged(ada) == 3
        assert dump_of_derived() == []

    def it_goes_with_an_erased_user(self, ada: Any) -> None:
        purged(ada)

        assert ada.growth("erase", "--user", "ada").exit_code == 0

        assert dump_of_derived() == []

    def it_goes_with_the_visitor_it_was_on(self, ada: Any) -> None:
        purged(ada)
        PersonRecord.update(fingerprint="phone").execute()

        assert ada.growth("erase", "--fingerprint", "phone").exit_code == 0

        assert differences(ada) == []
        assert [each for each in dump_of_derived() if "phone" in str(each)] == []


def dump_of_derived() -> list[Any]:
    """All rows of derived tables except origins, and of the table of remnants."""
    return [
        each
        for record in (*DERIVED, RemnantRecord)
        if record is not OriginRecord
        for each in record.select().dicts()
    ]


class DescribeTheCommand:
    @pytest.fixture
    def old(self, service: Any) -> Any:
        """A service with two events to purge, and one that stays."""
        service.now = now_us()
        service.store("/events", *(event(service, "login", days) for days in (40, 41, 1)))
        return service

    def it_says_in_a_dry_run_what_would_go(self, old: Any) -> None:
        told = old.growth("purge", "--dry-run", GROWTH_RETENTION_DAYS="30")

        assert told.output == "would purge about 2 of 3 facts\n"
        assert EventRecord.select().count() == 3

    @pytest.mark.parametrize(("option", "left"), [((), 3), (("--yes",), 1)])
    def it_asks_before_it_deletes_more_than_half(self, old: Any, option: Any, left: int) -> None:
        told = old.growth("purge", *option, GROWTH_RETENTION_DAYS="30")

        assert ("delete about 2 of 3 facts?" in told.output) == (told.exit_code == 1) == (left == 3)
        assert EventRecord.select().count() == left

    def it_does_not_ask_before_it_deletes_less(self, old: Any) -> None:
        old.store("/events", event(old, "login", 2))

        assert old.growth("purge", GROWTH_RETENTION_DAYS="30").output == "purged 2 facts\n"


class DescribeVacuum:
    def it_gives_the_room_back(self, service: Any) -> None:
        many = [event(service, "login", 40, id=str(n), data={"x": "y" * 900}) for n in range(500)]
        service.store("/events", *many)
        EventRecord.delete().execute()
        before = database.size()

        told = service.growth("vacuum")

        assert told.output.endswith(f" bytes before, {database.size():,} now\n")
        assert database.size() < before - 400_000


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
