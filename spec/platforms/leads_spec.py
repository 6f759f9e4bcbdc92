"""A lead is a person of its own, until a fact with its id and a user's id joins it to the user."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import permutations
from typing import Any

import pytest
from databases import clear
from histories import derived, differences
from hypothesis import given, settings
from hypothesis import strategies as st
from service import Service, event, pageview

from growth.maintenance.erasure import erase
from growth.maintenance.retention import purge, retention

KEY = "a-key-of-google-ads"
LEAD = "google_ads:4711"

Fact = tuple[str, dict[str, Any]]


def lead(lead_id: str = "4711", at: str = "2026-11-20T09:00:00Z") -> Fact:
    body = {"lead_id": lead_id, "campaign_id": 7, "google_key": KEY, "lead_submit_time": at}
    return "/webhooks/google-ads", body


def seen(at: str, **fields: Any) -> Fact:
    return "/pageviews", pageview(created_at=at, **fields)


def did(name: str, at: str, **fields: Any) -> Fact:
    return "/events", event(name=name, created_at=at, **fields)


def signup(**fields: Any) -> Fact:
    return did("signup", "2026-11-21T10:00:00Z", user_id="u-1", **fields)


@pytest.fixture
def service(make_service: Callable[..., Service]) -> Service:
    return make_service(GROWTH_GOOGLE_ADS_KEY=KEY)


def deliver(service: Service, facts: Sequence[Fact]) -> None:
    for path, body in facts:
        assert service.post(path, body).status_code == 200


def person(service: Service, **who: str) -> dict[str, Any]:
    [found] = service.ask(**who)["results"]
    assert isinstance(found, dict)
    return found


def nobody(service: Service, **who: str) -> bool:
    return service.ask(**who)["results"] == []


class DescribeALeadOfItsOwn:
    def it_answers_by_the_name_of_its_platform(self, service: Service) -> None:
        deliver(service, [lead()])

        found = person(service, user_id=LEAD)
        assert (found["user_id"], found["fingerprints"]) == (LEAD, [LEAD])
        assert found == person(service, fingerprint=LEAD)
        [listed] = service.ask(by="conversion")["results"]
        assert (listed["user_id"], listed["event"]) == (LEAD, "lead")
        assert differences(service) == []


JOINS = {
    "signup-with-the-name-of-the-lead": signup(data={"lead_id": LEAD}),
    "signup-with-the-id-of-the-lead": signup(data={"lead_id": "4711"}),
    "signup-with-the-id-as-a-number": signup(data={"lead_id": 4711}),
    "signup-of-a-user-alone": signup(fingerprint=None, data={"lead_id": LEAD}),
    "fact-of-the-lead-itself": signup(fingerprint=LEAD),
}


class DescribeALeadThatSignsUp:
    @pytest.mark.parametrize("join", JOINS.values(), ids=JOINS)
    def it_is_the_users_with_its_click(self, service: Service, join: Fact) -> None:
        facts = [lead(), seen("2026-11-21T09:55:00Z"), join]
        first: Any = None
        for order in permutations(facts):
            clear()
            deliver(service, order)

            assert nobody(service, user_id=LEAD)
            found = person(service, user_id="u-1")
            assert LEAD in found["fingerprints"]
            assert "meta:4711" not in found["fingerprints"]
            converted = {each["event"]: each for each in found["conversions"]}
            assert set(converted) == {"lead", "signup"}
            assert converted["signup"]["first_click"]["campaign"] == "7"
            assert differences(service) == []
            first = first or derived()
            assert derived() == first

    def it_stays_a_lead_for_others(self, service: Service) -> None:
        deliver(service, [lead(), lead("4712"), JOINS["signup-with-the-id-as-a-number"]])

        assert person(service, user_id="google_ads:4712")["conversions"][0]["id"] == "4712"

    @pytest.mark.parametrize(
        "lead_id", [None, "", "0", 0, "null", True, 1.5, ["4711"], {"id": 4711}, "x" * 300]
    )
    def it_is_named_by_an_id(self, service: Service, lead_id: Any) -> None:
        deliver(service, [lead(), signup(data={"lead_id": lead_id, "more": 1})])

        assert person(service, user_id=LEAD)["conversions"]
        assert service.facts() == 3

    def it_is_not_named_deeper_in_the_data(self, service: Service) -> None:
        deliver(service, [lead(), signup(data={"crm": {"lead_id": "4711"}})])

        assert person(service, user_id=LEAD)

    def it_is_named_by_no_event_without_a_user(self, service: Service) -> None:
        deliver(service, [lead(), did("call", "2026-11-21T10:00:00Z", data={"lead_id": "4711"})])

        assert person(service, user_id=LEAD)

    def it_is_not_claimed_by_itself(self, service: Service) -> None:
        by_itself = did(
            "call", "2026-11-20T09:01:00Z", fingerprint=None, user_id=LEAD, data={"lead_id": "4711"}
        )
        deliver(service, [lead(), by_itself, signup(data={"lead_id": "4711"})])

        assert "lead" in [each["event"] for each in person(service, user_id="u-1")["conversions"]]

    def it_is_not_claimed_by_what_is_refused(self, service: Service) -> None:
        deliver(service, [lead(), signup(id="s-1")])

        again = service.post(*signup(id="s-1", data={"lead_id": "4711"}))

        assert again.status_code == 422
        assert person(service, user_id=LEAD)

    def it_is_claimed_once_by_an_event_that_is_sent_again(self, service: Service) -> None:
        deliver(service, [lead(), signup(data={"lead_id": LEAD}), signup(data={"lead_id": LEAD})])

        claims = service.ask(by="event", event="identify")["results"]
        assert [(each["fingerprint"], each["user_id"]) for each in claims] == [(LEAD, "u-1")]


class DescribeErasing:
    def it_takes_the_lead_with_the_user(self, service: Service) -> None:
        deliver(service, [lead(), signup(data={"lead_id": LEAD})])

        erase(service.ledger, [("user_id", "u-1")])

        assert service.facts() == 0
        assert differences(service) == []

    def it_takes_the_lead_by_its_name(self, service: Service) -> None:
        deliver(service, [lead(), lead("4712")])

        assert erase(service.ledger, [("user_id", LEAD)]).facts == 2

        assert nobody(service, user_id=LEAD)
        assert person(service, user_id="google_ads:4712")
        assert differences(service) == []


class DescribeRetention:
    def it_keeps_the_join_as_long_as_the_click(self, make_service: Callable[..., Service]) -> None:
        service = make_service(
            GROWTH_GOOGLE_ADS_KEY=KEY, GROWTH_RETENTION_DAYS="30", GROWTH_LOOKBACK_DAYS="30"
        )
        deliver(service, [lead(), signup(data={"lead_id": LEAD})])
        kept = retention(30, 30)
        assert kept is not None
        service.now += 35 * 24 * 3_600 * 1_000_000

        purge(service.ledger, kept, lambda done: None)

        assert person(service, user_id="u-1")["fingerprints"] == [LEAD]
        assert nobody(service, user_id=LEAD)
        assert differences(service) == []
        service.now += 35 * 24 * 3_600 * 1_000_000
        purge(service.ledger, kept, lambda done: None)
        assert service.facts() == 0
        assert differences(service) == []


HISTORY = [
    lead(),
    lead("4712", "2026-11-20T09:10:00Z"),
    seen("2026-11-20T09:05:00Z", url="https://e.example/?utm_source=news&utm_medium=email"),
    seen("2026-11-21T09:55:00Z", user_id="u-2"),
    signup(data={"lead_id": "4711"}),
    did("identify", "2026-11-20T09:02:00Z", fingerprint=LEAD, user_id="u-2"),
    did("call", "2026-11-22T09:00:00Z", fingerprint=LEAD),
    did("lead", "2026-11-20T08:00:00Z", fingerprint="google_ads:4712"),
    did("trial", "2026-11-22T10:00:00Z", user_id="u-3", data={"lead_id": "google_ads:4712"}),
]


class DescribeTheOrder:
    @settings(max_examples=30)
    @given(
        facts=st.lists(st.sampled_from(HISTORY), unique_by=repr).flatmap(
            lambda some: st.tuples(st.just(some), st.permutations(some))
        )
    )
    def it_does_not_matter(self, service: Service, facts: tuple[list[Fact], list[Fact]]) -> None:
        found = []
        for order in facts:
            clear()
            deliver(service, order)
            assert differences(service) == []
            found.append(derived())

        assert found[0] == found[1]
