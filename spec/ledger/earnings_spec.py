"""The earnings: credits summed by day and origin, kept up to date by what changes them."""

from __future__ import annotations

from typing import Any

import pytest
from histories import DAYS, did, seen
from service import Service

from growth.database.tables import EarningRecord, UnsettledRecord
from growth.ledger.earnings import MOST_UNSETTLED

pytestmark = pytest.mark.usefixtures("equal_to_its_facts")

SIGNED_UP = 2 * DAYS


def totals(service: Service, **params: Any) -> dict[str, Any]:
    found: dict[str, Any] = service.ask(by="campaign", **params)["totals"]
    return found


def unsettled() -> int:
    found: int = UnsettledRecord.select().count()
    return found


def sign_up(service: Service, *names: str) -> None:
    """Let each see an ad and sign up two days later."""
    for start in range(0, len(names), 400):
        some = names[start : start + 400]
        service.store("/pageviews", *(seen(0, "ad", fingerprint=name) for name in some))
        service.store("/events", *(did(SIGNED_UP, "signup", fingerprint=name) for name in some))


class DescribePagesAfterAConversion:
    def it_counts_what_persons_saw_lately(self, service: Service) -> None:
        sign_up(service, "phone")
        service.store("/pageviews", seen(SIGNED_UP + 60, "inside"), seen(SIGNED_UP + 90, "inside"))

        assert unsettled() == 1
        assert totals(service)["pages_after"] == 2.0

    def it_settles_once_they_are_many(self, service: Service) -> None:
        names = [f"phone-{number}" for number in range(MOST_UNSETTLED + 1)]
        sign_up(service, *names)
        service.store("/pageviews", *(seen(SIGNED_UP + 60, "inside", fingerprint=n) for n in names))
        assert (unsettled(), totals(service)["pages_after"]) == (len(names), 1.0)

        service.store("/pageviews", seen(SIGNED_UP + 60, "inside", fingerprint="somebody"))

        assert (unsettled(), totals(service)["pages_after"]) == (0, 1.0)

    def it_is_right_for_who_converts_again_before(self, service: Service) -> None:
        sign_up(service, "phone")
        service.store("/pageviews", seen(SIGNED_UP + 60, "inside"))
        service.store("/events", did(SIGNED_UP + 120, "purchase"))
        service.store("/pageviews", seen(SIGNED_UP + 180, "inside"))

        assert totals(service)["pages_after"] == 2.0
        assert totals(service, event="purchase")["pages_after"] == 1.0

    def it_is_right_for_who_turns_out_to_be_somebody_known(self, service: Service) -> None:
        sign_up(service, "phone")
        service.store("/pageviews", seen(SIGNED_UP + 60, "inside"))
        service.store("/pageviews", seen(0, "newsletter", fingerprint="laptop", user_id="ada"))

        service.store("/pageviews", seen(SIGNED_UP + 120, "inside", user_id="ada"))

        assert totals(service)["pages_after"] == 2.0
        assert totals(service)["pages_before"] == 2.0


class DescribeTimes:
    def it_forgets_an_extreme_that_was_taken_back(self, service: Service) -> None:
        sign_up(service, "phone")
        service.store("/pageviews", seen(SIGNED_UP - 3_600, "ad", fingerprint="laptop"))
        service.store("/events", did(SIGNED_UP, "signup", fingerprint="laptop"))
        assert totals(service)["time_to_convert"]["fastest"] == 3_600.0

        service.store("/pageviews", seen(SIGNED_UP - 60, "newsletter", fingerprint="laptop"))

        (ad,) = service.ask(by="campaign", campaign="spring")["results"]
        assert ad["time_to_convert"]["fastest"] == SIGNED_UP

    def it_keeps_no_row_without_credit(self, service: Service) -> None:
        service.store("/events", did(SIGNED_UP, "signup"))
        assert EarningRecord.select().where(EarningRecord.origin == 0).count() == 5

        service.store("/pageviews", seen(0, "ad"))

        assert EarningRecord.select().where(EarningRecord.origin == 0).count() == 0


class DescribeRevenue:
    def it_holds_sums_past_63_bits(self, service: Service) -> None:
        value = {"value": "999999999999", "currency": "CLF"}  # of 4 decimal places
        purchases = [did(n, "purchase", **value) for n in range(1_000)]
        for start in (0, 500):
            service.store("/events", *purchases[start : start + 500])

        assert totals(service, event="purchase")["revenue"] == {"CLF": 999_999_999_999_000.0}

    def it_shares_refunds_too(self, service: Service) -> None:
        service.store("/pageviews", seen(0, "ad"))
        service.store("/events", did(60, "purchase", value="-0.01", currency="EUR"))

        assert totals(service, event="purchase", model="linear")["revenue"] == {"EUR": -0.01}


class DescribeUnsettledPages:
    def it_goes_with_the_last_credit(self, service: Service) -> None:
        sign_up(service, "phone")
        service.store("/pageviews", seen(SIGNED_UP + 60, "inside"))
        assert unsettled() == 1

        service.store("/pageviews", seen(SIGNED_UP + 90, "inside", user_id="ada"))

        assert UnsettledRecord.select().where(UnsettledRecord.owner == "v:phone").count() == 0


class DescribeTheAverage:
    @pytest.mark.parametrize("by", ["campaign", "campaign,landing_page"])
    def it_is_exact_however_little_credit_there_is(self, service: Service, by: str) -> None:
        """Of a single credit the average is what it took."""
        service.store("/pageviews", seen(0.123457, "ad"), seen(89 * DAYS, "newsletter"))
        service.store("/events", did(89 * DAYS, "signup"))

        (ad,) = service.ask(by=by, model="time_decay", campaign="spring")["results"]

        assert ad["conversions"] < 0.001
        assert ad["time_to_convert"] == dict.fromkeys(
            ("average", "fastest", "longest"), 7689599.876543
        )
