"""Rule 6 in the service: a user's visits on all devices, whenever they are claimed."""

from __future__ import annotations

import pytest
from histories import DAYS, HOURS, MINUTES, conversions_of, did, seen, sources_of
from service import Service

pytestmark = pytest.mark.usefixtures("equal_to_its_facts")


def sources(service: Service, user_id: str) -> list[list[str]]:
    """The sources that each conversion of the user credits."""
    return [sources_of(each) for each in conversions_of(service, user_id=user_id)]


def visits(service: Service, **who: str) -> int:
    found = service.ask(**who)["results"]
    return sum(person["visits"] for person in found)


class DescribeJourney:
    def it_spans_two_devices(self, service: Service) -> None:
        service.store(
            "/pageviews",
            seen(0, "ad"),
            seen(1 * DAYS, "newsletter", fingerprint="laptop"),
            seen(2 * DAYS, "direct", user_id="ada"),
        )

        service.store("/events", did(1 * DAYS, "signup", fingerprint="laptop", user_id="ada"))

        assert sources(service, "ada") == [["google", "newsletter"]]

    def it_belongs_to_b_who_clicks_an_ad_and_signs_up_after_a_logged_in(
        self, service: Service
    ) -> None:
        service.store("/pageviews", seen(0, "search", user_id="ada"), seen(5 * DAYS, "ad"))

        service.store("/events", did(5 * DAYS + 60, "signup", user_id="bob"))

        assert sources(service, "bob") == [["google"]]
        assert visits(service, user_id="ada") == visits(service, user_id="bob") == 1

    def it_stays_with_a_if_b_comes_directly_and_leaves(self, service: Service) -> None:
        service.store("/pageviews", seen(0, "ad", user_id="ada"), seen(5 * DAYS, "direct"))

        service.store("/events", did(6 * DAYS, "signup", user_id="ada"))

        assert sources(service, "ada") == [["google"]]
        assert visits(service, user_id="ada") == 2

    def it_takes_a_claim_that_arrives_after_the_conversion(self, service: Service) -> None:
        service.store("/pageviews", seen(0, "ad"))
        service.store("/events", did(60, "signup", fingerprint=None, user_id="ada"))
        assert sources(service, "ada") == [[]]

        service.store("/pageviews", seen(120, "inside", user_id="ada"))

        assert sources(service, "ada") == [["google"]]
        assert [each["revision"] for each in conversions_of(service, user_id="ada")] == [2]

    def it_serves_a_server_side_signup_with_only_a_user_id(self, service: Service) -> None:
        service.store("/pageviews", seen(0, "newsletter"), seen(60, "inside", user_id="ada"))

        service.store("/events", did(1 * HOURS, "signup", fingerprint=None, user_id="ada"))

        assert sources(service, "ada") == [["newsletter"]]

    def it_is_empty_for_a_server_side_signup_of_somebody_never_seen(self, service: Service) -> None:
        service.store("/events", did(0, "signup", fingerprint=None, user_id="ada"))

        [conversion] = conversions_of(service, user_id="ada")
        [group] = service.ask(by="channel,source")["results"]

        assert (conversion["first_click"], conversion["last_click"]) == (None, None)
        assert (group["channel"], group["source"], group["conversions"]) == (
            "Unattributed",
            None,
            1.0,
        )

    def it_gives_an_anonymous_signup_to_the_owner_of_the_visit(self, service: Service) -> None:
        service.store("/pageviews", seen(0, "ad"))
        service.store("/events", did(60, "signup"))
        assert len(conversions_of(service, fingerprint="phone")) == 1

        service.store("/pageviews", seen(29 * MINUTES, "inside", user_id="ada"))

        assert sources(service, "ada") == [["google"]]
        [person] = service.ask(fingerprint="phone")["results"]
        assert person["user_id"] == "ada"

    def it_tells_apart_the_conversions_of_two_users_of_a_device(self, service: Service) -> None:
        service.store("/pageviews", seen(0, "ad"), seen(2 * DAYS, "newsletter"))

        service.store(
            "/events",
            did(60, "signup", user_id="ada"),
            did(2 * DAYS + 60, "signup", user_id="bob"),
        )

        assert sources(service, "ada") == [["google"]]
        assert sources(service, "bob") == [["newsletter"]]


class DescribeMistakenClaims:
    @pytest.mark.parametrize(
        ("visitors", "joined"),
        [
            pytest.param(200, 400, id="a user of 200 browsers"),
            pytest.param(201, 201, id="a client that sends the same user_id for everybody"),
        ],
    )
    def it_joins_only_the_visits_that_a_claim_was_made_in(
        self, service: Service, visitors: int, joined: int
    ) -> None:
        devices = [f"device {n}" for n in range(visitors)]
        ads = [seen(0, "ad", fingerprint=each) for each in devices]
        logins = [
            seen(1 * DAYS, "direct", fingerprint=each, user_id="guest-user") for each in devices
        ]

        service.store("/pageviews", *ads, *logins)

        assert visits(service, user_id="guest-user") == joined

    @pytest.mark.parametrize(
        ("users", "anonymous"),
        [
            pytest.param(20, 0, id="a family of 20"),
            pytest.param(21, 1, id="a shared terminal"),
        ],
    )
    def it_gives_nobody_the_visits_of_a_shared_terminal_in_between(
        self, service: Service, users: int, anonymous: int
    ) -> None:
        kiosk = [seen(day * DAYS, "direct", user_id=f"user {day}") for day in range(1, users + 1)]

        service.store("/pageviews", seen(0, "ad"), *kiosk)

        assert [visits(service, user_id=f"user {n}") for n in (1, 2)] == [2 - anonymous, 1]
        found = service.ask(fingerprint="phone")["results"]
        assert [each["visits"] for each in found if each["user_id"] is None] == [1] * anonymous

    def it_credits_a_signup_at_a_shared_terminal_with_the_visit_it_was_made_in(
        self, service: Service
    ) -> None:
        others = [seen(day * DAYS, "search", user_id=f"user {day}") for day in range(1, 31)]
        service.store("/pageviews", *others, seen(40 * DAYS, "newsletter"))

        service.store("/events", did(40 * DAYS + 60, "signup", user_id="ada"))

        assert sources(service, "ada") == [["newsletter"]]
