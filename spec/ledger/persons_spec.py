"""Rules 4 and 7 in the service: clicks within the lookback, and conversions that count once."""

from __future__ import annotations

import pytest
from histories import DAYS, conversions_of, did, seen, sources_of
from service import Service

pytestmark = pytest.mark.usefixtures("equal_to_its_facts")


def sources(service: Service, user_id: str) -> list[list[str]]:
    """The sources that each conversion of the user credits."""
    return [sources_of(each) for each in conversions_of(service, user_id=user_id)]


class DescribeLookback:
    @pytest.mark.parametrize(
        ("before", "credited"),
        [
            pytest.param(0, ["newsletter"], id="the same microsecond"),
            pytest.param(60, ["newsletter"], id="a minute before"),
            pytest.param(90 * DAYS - 1, ["newsletter"], id="a click 89 days, 23:59:59 before"),
            pytest.param(90 * DAYS, ["newsletter"], id="a click exactly 90 days before"),
            pytest.param(90 * DAYS + 1, [], id="a click 90 days and a second before"),
            pytest.param(-0.000_001, [], id="a click a microsecond after"),
        ],
    )
    def it_is_90_days(self, service: Service, before: float, credited: list[str]) -> None:
        service.store("/pageviews", seen(100 * DAYS - before, "newsletter"))

        service.store("/events", did(100 * DAYS, "signup", user_id="ada"))

        assert sources(service, "ada") == [credited]

    def it_leaves_a_direct_visit_the_credit_of_an_ad_too_long_ago(self, service: Service) -> None:
        service.store("/pageviews", seen(0, "ad"), seen(91 * DAYS, "direct"))

        service.store("/events", did(91 * DAYS + 60, "signup", user_id="ada"))

        assert sources(service, "ada") == [["direct"]]
        assert conversions_of(service, user_id="ada")[0]["visits_before"] == 2


class DescribeOnce:
    def it_leaves_a_second_signup_an_event(self, service: Service) -> None:
        service.store("/pageviews", seen(0, "ad"), seen(1 * DAYS, "newsletter"))

        service.store(
            "/events",
            did(60, "signup", user_id="ada"),
            did(1 * DAYS + 60, "signup", user_id="ada"),
        )

        assert sources(service, "ada") == [["google"]]
        assert service.ask()["totals"]["conversions"] == 1.0

    def it_is_one_signup_at_the_same_microsecond(self, service: Service) -> None:
        service.store(
            "/events",
            *(did(60, "signup", user_id="ada", session_id=f"session {n}") for n in (1, 2)),
        )

        assert service.ask()["totals"]["conversions"] == 1.0

    def it_is_one_signup_of_a_user_on_two_devices(self, service: Service) -> None:
        service.store("/pageviews", seen(0, "ad"))
        service.store("/events", did(60, "signup"))
        service.store("/events", did(120, "signup", fingerprint="laptop", user_id="ada"))
        assert service.ask()["totals"]["conversions"] == 2.0

        service.store("/pageviews", seen(1 * DAYS, "direct", user_id="ada"))

        assert sources(service, "ada") == [["google"]]
        assert service.ask()["totals"]["conversions"] == 1.0

    @pytest.mark.parametrize("name", ["purchase", "trial", "lead"])
    def it_counts_others_each_time(self, service: Service, name: str) -> None:
        service.store("/pageviews", seen(0, "ad"), seen(1 * DAYS, "newsletter"))

        service.store(
            "/events", did(60, name, user_id="ada"), did(1 * DAYS + 60, name, user_id="ada")
        )

        assert sources(service, "ada") == [["google"], ["google", "newsletter"]]
        assert service.ask(event=name)["totals"]["conversions"] == 2.0

    def it_counts_no_event_that_is_no_conversion(self, service: Service) -> None:
        service.store("/pageviews", seen(0, "ad"))

        service.store("/events", did(60, "unsubscribe", user_id="ada"))

        [person] = service.ask(user_id="ada")["results"]
        assert (person["conversions"], person["state"]) == ([], "unsubscribe")

    @pytest.mark.parametrize(
        ("trial", "from_trial"),
        [
            pytest.param(-1, 1.0, id="a trial before"),
            pytest.param(0, 0.0, id="a trial at the same instant"),
            pytest.param(1, 0.0, id="a trial after"),
        ],
    )
    def it_tells_who_had_a_trial_before(
        self, service: Service, trial: float, from_trial: float
    ) -> None:
        service.store("/pageviews", seen(0, "ad"))

        service.store(
            "/events",
            did(1 * DAYS, "signup", user_id="ada"),
            did(1 * DAYS + trial, "trial", user_id="ada"),
        )

        assert service.ask()["totals"]["from_trial"] == from_trial
