"""The service on realistic input: odd formats of times, equal times, any order."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from service import Service

VISITOR, USER = "c01d7a1e-77f2-4b5e-9d3f-0a1b2c3d4e5f", "5f5f5f00aa00bb00cc00dd00"
SITE = "https://www.shop.example"
NEWCOMER = {"user_id": None, "referrer_url": None}

STORY: list[tuple[str, dict[str, Any]]] = [
    ("/pageviews", {"user_id": USER, "url": f"{SITE}/en/library", "referrer_url": None,
                    "created_at": "2025-03-03 09:12:41.127641 UTC"}),
    ("/pageviews", {**NEWCOMER, "url": f"{SITE}/en",
                    "created_at": "2025-03-05 10:59:56.437947 UTC"}),
    ("/pageviews", {**NEWCOMER, "url": f"{SITE}/en/books/stoics",
                    "referrer_url": "https://www.google.de/",
                    "created_at": "2025-03-05 10:59:56.437947 UTC"}),
    ("/pageviews", {**NEWCOMER, "url": f"{SITE}/en/meet?utm_source=facebook&utm_medium=paid"
                                       "&utm_campaign=202503_NY&utm_content=19284192381935",
                    "referrer_url": "https://www.facebook.com/",
                    "created_at": "2025-03-05 11:02:21.16808 UTC"}),
    ("/events", {"name": "signup", "user_id": USER,
                 "created_at": "2025-03-05 11:12:41.127641 UTC"}),
]  # fmt: skip
"""A user comes directly. Two days later the visitor has a direct page and a page by a search at the
same microsecond. A click on an ad, whose time has five decimals, and a signup follow."""


def post(service: Service, story: Iterable[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """Post facts one by one, an hour apart. Return the person of the user."""
    for path, body in story:
        assert service.post(path, {"fingerprint": VISITOR, **body}).json["stored"] == 1
        service.now += 3_600_000_000
    (person,) = service.ask(user_id=USER)["results"]
    return unversioned(person)


def unversioned(person: dict[str, Any]) -> dict[str, Any]:
    """The person without the fields that depend on the order of arrival."""
    for conversion in person["conversions"]:
        del conversion["revision"], conversion["changed_at"]
    return person


class DescribeOneVisitorsStory:
    def it_ends_in_a_signup_from_the_search_and_the_ad(self, service: Service) -> None:
        person = post(service, STORY)

        (signup,) = person["conversions"]
        assert person["state"] == "signup"
        assert (person["visits"], person["pageviews"]) == (3, 4)
        assert person["first_visit"]["channel"] == "Direct"
        assert signup["first_click"]["channel"] == "Organic Search"
        assert signup["first_click"]["at"] == "2025-03-05T10:59:56.437947Z"
        assert signup["last_click"]["campaign"] == "202503_NY"
        assert signup["last_click"]["at"] == "2025-03-05T11:02:21.168080Z"
        assert signup["time_to_convert"] == 764.689694

    def it_is_the_same_in_reverse(self, make_service: Callable[..., Service]) -> None:
        in_order = post(make_service(), STORY)

        assert post(make_service(), reversed(STORY)) == in_order

    def it_is_the_same_in_one_batch(self, make_service: Callable[..., Service]) -> None:
        one_by_one = post(make_service(), STORY)
        service = make_service()

        for path in ("/events", "/pageviews"):
            service.store(
                path, *[{"fingerprint": VISITOR, **body} for to, body in STORY if to == path]
            )

        (person,) = service.ask(user_id=USER)["results"]
        assert unversioned(person) == one_by_one


@pytest.fixture
def members(service: Service) -> Service:
    """A hundred users sign up, 25 of them after a trial and 15 before one. 20 others only try."""
    signups = [member("signup", place, "2022-10-18 22:30:49.854802 UTC") for place in range(100)]
    trials = [
        member("trial", place + 60, f"20{21 if place < 25 else 23}-05-04 02:18:11.10692 UTC")
        for place in range(60)
    ]
    service.store("/events", *signups)
    service.store("/events", *trials)
    return service


def member(name: str, place: int, created_at: str) -> dict[str, str]:
    return {
        "name": name,
        "fingerprint": f"visitor-{place}",
        "user_id": f"user-{place}",
        "created_at": created_at,
    }


class DescribeConversionsWithoutPageviews:
    @pytest.mark.parametrize(
        ("name", "number", "from_trial"), [("signup", 100, 25), ("trial", 60, 0)]
    )
    def it_is_all_unattributed(
        self, members: Service, name: str, number: int, from_trial: int
    ) -> None:
        answer = members.ask(event=name)

        (row,) = answer["results"]
        assert row["channel"] == "Unattributed"
        assert (row["conversions"], row["from_trial"]) == (number, from_trial)
        assert answer["totals"]["unattributed"] == number
        assert answer["totals"]["visits"] == 0
