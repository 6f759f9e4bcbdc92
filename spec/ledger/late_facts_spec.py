"""Rule 8: a late fact changes the credit where the rules say so, and affects nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from histories import DAYS, MINUTES, conversions_of, did, differences, seen, sources_of
from service import NOW, Service
from stories import LATER, SIGNED_UP, feed, signup_of

from growth.schemas.times import format_time

pytestmark = pytest.mark.usefixtures("equal_to_its_facts")

# The late fact, and in TAKES the sources that the signup credits afterwards.
# fmt: off
TAKES = {
    "an ad click before the newsletter": (seen(1 * DAYS, "ad"), ["google", "newsletter"]),
    "an ad click after the newsletter": (seen(7 * DAYS, "ad"), ["newsletter", "google"]),
    "an ad click in the visit she signed up in":
        (seen(SIGNED_UP + 30, "ad"), ["newsletter", "google"]),
    "an ad click at the very microsecond": (seen(SIGNED_UP + 60, "ad"), ["newsletter", "google"]),
    "a click on her other device":
        (seen(7 * DAYS, "ad", fingerprint="laptop", user_id="ada"), ["newsletter", "google"]),
    "somebody else's login in the newsletter's visit":
        (seen(5 * DAYS + 60, "inside", user_id="bob"), ["direct"]),
    "an ad that the newsletter's visit turns out to have begun with": (
        seen(5 * DAYS, "newsletter", url="https://shop.example.com/?utm_source=another",
             created_at="2026-03-07T07:59:59Z"), ["another", "newsletter"]),
}

LEAVES = {
    "an ad click after the signup": seen(SIGNED_UP + 61, "ad"),
    "an ad click 90 days and a second before": seen(SIGNED_UP + 60 - 90 * DAYS - 1, "ad"),
    "a direct visit in between": seen(7 * DAYS, "direct"),
    "a page of the newsletter's visit": seen(5 * DAYS + 60, "inside"),
    "a reload of the newsletter's URL": seen(5 * DAYS + 60, "newsletter"),
    "a return from PayPal": seen(SIGNED_UP + 45, "paypal"),
    "a crawler with an ad's URL": seen(7 * DAYS, "ad", user_agent="Googlebot/2.1"),
    "an ad click on a device of somebody else":
        seen(7 * DAYS, "ad", fingerprint="laptop", user_id="bob"),
    "a login she had before already": seen(SIGNED_UP + 90, "inside", user_id="ada"),
}
# fmt: on


class DescribeLateFacts:
    @pytest.mark.parametrize(
        ("body", "credited"), [pytest.param(*case, id=name) for name, case in TAKES.items()]
    )
    def it_shares_the_credit_anew(
        self, signed_up: Service, body: dict[str, Any], credited: list[str]
    ) -> None:
        signed_up.store("/pageviews", body)

        conversion = signup_of(signed_up)

        assert sources_of(conversion) == credited
        assert (conversion["revision"], conversion["changed_at"]) == (2, format_time(LATER))
        assert feed(signed_up, LATER) == [("ada", "signup", False, 2)]

    @pytest.mark.parametrize("body", [pytest.param(body, id=name) for name, body in LEAVES.items()])
    def it_leaves_the_credit_where_it_is(self, signed_up: Service, body: dict[str, Any]) -> None:
        signed_up.store("/pageviews", body)

        conversion = signup_of(signed_up)

        assert sources_of(conversion) == ["newsletter"]
        assert (conversion["revision"], conversion["changed_at"]) == (1, format_time(NOW))
        assert feed(signed_up, LATER) == []

    def it_counts_late_pages(self, signed_up: Service) -> None:
        signed_up.store(
            "/pageviews",
            seen(1 * DAYS, "direct"),
            seen(SIGNED_UP + 30, "inside"),
            seen(SIGNED_UP + 60, "inside"),
            seen(SIGNED_UP + 61, "inside"),
        )

        conversion = signup_of(signed_up)

        assert (conversion["visits_before"], conversion["pages_before"]) == (3, 5)
        assert (conversion["pages_after"], conversion["revision"]) == (2, 1)

    def it_moves_a_visit_to_its_other_channel(self, signed_up: Service) -> None:
        signed_up.store("/pageviews", seen(SIGNED_UP - 20 * MINUTES, "ad"))

        rows = signed_up.ask(by="channel")["results"]

        assert {row["channel"]: (row["visits"], row["pageviews"]) for row in rows} == {
            "Paid Search": (1, 3),
            "Email": (1, 1),
        }

    def it_joins_visits_that_a_late_page_shows_to_be_one(self, service: Service) -> None:
        service.store("/pageviews", seen(0, "ad"), seen(40 * MINUTES, "inside"))
        assert service.ask()["totals"]["visits"] == 2

        service.store("/pageviews", seen(20 * MINUTES, "inside"))

        assert service.ask()["totals"]["visits"] == 1

    def it_makes_another_visit_the_visitors_first(self, service: Service) -> None:
        service.store("/pageviews", seen(1 * DAYS, "ad"))

        service.store("/pageviews", seen(0, "newsletter"))

        rows = service.ask(by="source")["results"]
        assert {row["source"]: row["new_visitors"] for row in rows} == {
            "newsletter": 1,
            "google": 0,
        }

    def it_tells_of_a_trial_that_comes_late(self, signed_up: Service) -> None:
        signed_up.store("/events", did(6 * DAYS, "trial", user_id="ada"))

        assert signed_up.ask()["totals"]["from_trial"] == 1.0

    def it_touches_nobody_else(self, signed_up: Service) -> None:
        signed_up.store("/pageviews", seen(1 * DAYS, "ad", fingerprint="other", user_id="bob"))
        signed_up.store("/events", did(2 * DAYS, "signup", fingerprint="other", user_id="bob"))
        bob = conversions_of(signed_up, user_id="bob")
        signed_up.now += 1

        signed_up.store("/pageviews", seen(7 * DAYS, "ad"))

        assert conversions_of(signed_up, user_id="bob") == bob
        assert feed(signed_up, LATER + 1) == [("ada", "signup", False, 2)]

    def it_leaves_earlier_conversions_of_the_person(self, signed_up: Service) -> None:
        signed_up.store("/events", did(6 * DAYS, "purchase", user_id="ada"))
        signed_up.now += 1

        signed_up.store("/pageviews", seen(7 * DAYS, "ad"))

        assert feed(signed_up, LATER + 1) == [("ada", "signup", False, 2)]


class DescribePagesBefore:
    def it_counts_no_page_of_the_next_visit_that_began_at_the_last_pages_microsecond(
        self, service: Any
    ) -> None:
        def page(minute: int, campaign: str) -> dict[str, Any]:
            url = f"https://shop.example.com/?utm_source={campaign}"
            created_at = f"2026-03-01T10:{minute:02}:00Z"
            return {"fingerprint": "phone", "url": url, "created_at": created_at}

        purchase = {
            "name": "purchase",
            "fingerprint": "phone",
            "created_at": "2026-03-01T10:02:00Z",
        }
        pages = [page(0, "a"), page(5, "a"), page(5, "b"), page(5, "c")]

        service.store("/pageviews", *pages)
        service.store("/events", purchase)

        (conversion,) = service.ask(by="conversion")["results"]
        assert (conversion["pages_before"], conversion["pages_after"]) == (1, 3)
        assert differences(service) == []
