"""Rules 4 and 7: which events convert, which clicks earn their credit, and how money is shared."""

from __future__ import annotations

from itertools import permutations

import pytest
from histories import ARRIVALS, DAYS, instant, page, visits_of
from hypothesis import given
from hypothesis import strategies as st

from growth.attribution.conversions import (
    MAX_CLICKS,
    Terms,
    credited_clicks,
    credits_of,
    split_money,
)
from growth.attribution.credit import MODELS, WHOLE
from growth.attribution.visits import Visit

NAMES = ("signup", "trial", "purchase", "lead")
AMOUNTS = st.integers(-(10**15), 10**15)
SPLITS = st.lists(st.integers(0, WHOLE), min_size=1, max_size=100).filter(any)

# The arrivals of visits, a day apart, and the indexes of the visits that are credited.
# fmt: off
JOURNEYS = {
    "a single ad": (["ad"], [0]),
    "a newsletter after an ad": (["ad", "newsletter"], [0, 1]),
    "a direct visit after an ad": (["ad", "direct"], [0]),
    "a direct visit before an ad": (["direct", "ad"], [1]),
    "direct visits around a search": (["direct", "search", "direct", "direct"], [1]),
    "direct visits only": (["direct", "direct", "inside"], [0, 1, 2]),
    "a return from PayPal a day later": (["ad", "paypal"], [0]),
    "a visit from PayPal only": (["paypal"], [0]),
    "the same ad twice": (["ad", "ad"], [0, 1]),
    "a search, an ad, a blog and a newsletter":
        (["search", "ad", "blog", "newsletter"], [0, 1, 2, 3]),
    "nothing": ([], []),
}
MONEY = {
    "nothing to share": (0, [500_000, 500_000], [0, 0]),
    "one click": (999, [WHOLE], [999]),
    "9.99 among two": (999, [500_000, 500_000], [500, 499]),
    "10.00 among three": (1_000, [333_334, 333_333, 333_333], [334, 333, 333]),
    "the rest to the largest remainder": (10, [140_000, 280_000, 580_000], [1, 3, 6]),
    "a cent among three": (1, [333_334, 333_333, 333_333], [1, 0, 0]),
    "a cent, to the click with more credit": (1, [200_000, 800_000], [0, 1]),
    "nothing for a click without credit": (1_001, [0, 500_000, 500_000], [0, 501, 500]),
    "a refund": (-999, [500_000, 500_000], [-500, -499]),
    "more than a float can count": (
        10**17 + 1, [500_000, 500_000], [5 * 10**16 + 1, 5 * 10**16]),
}
# fmt: on


def journey(*arrivals: str) -> list[Visit]:
    """One visit per day, each with the named arrival."""
    return visits_of([page(day * DAYS, arrival) for day, arrival in enumerate(arrivals)])


class DescribeConverts:
    @pytest.mark.parametrize(
        ("name", "is_first_signup", "expected"),
        [
            pytest.param("signup", True, True, id="the first signup"),
            pytest.param("signup", False, False, id="a second signup"),
            pytest.param("trial", False, True, id="a trial"),
            pytest.param("purchase", False, True, id="a purchase, however many before"),
            pytest.param("unsubscribe", False, False, id="an unsubscribe"),
            pytest.param("Signup", True, True, id="a first signup in capitals"),
            pytest.param("SIGNUP", False, False, id="a second one in capitals"),
            pytest.param("sign up", True, False, id="another event"),
        ],
    )
    def it_counts_only_the_first_signup_of_a_user(
        self, name: str, is_first_signup: bool, expected: bool
    ) -> None:
        assert Terms(NAMES, 0).converts(name, is_first_signup) is expected

    def it_counts_the_events_that_the_operator_names(self) -> None:
        terms = Terms(("unsubscribe",), 0)

        assert not terms.converts("signup", True)
        assert terms.converts("unsubscribe", False)


class DescribeCreditedClicks:
    @pytest.mark.parametrize(
        ("arrivals", "credited"), [pytest.param(*case, id=name) for name, case in JOURNEYS.items()]
    )
    def it_leaves_direct_visits_out_unless_all_are(
        self, arrivals: list[str], credited: list[int]
    ) -> None:
        visits = journey(*arrivals)

        assert credited_clicks(visits) == [visits[place] for place in credited]

    def it_orders_clicks_of_two_devices_at_the_same_microsecond(self) -> None:
        clicks = [
            visit
            for device in ("phone", "laptop")
            for visit in visits_of(
                [page(0, arrival, fingerprint=device) for arrival in ("ad", "newsletter")]
            )
        ]

        found = {tuple(credited_clicks(each)) for each in permutations(clicks)}

        assert len(found) == 1

    def it_orders_by_time_whatever_the_order_given(self) -> None:
        visits = journey("ad", "newsletter", "search")

        assert credited_clicks(visits[::-1]) == visits

    def it_keeps_the_earliest_and_the_latest_of_very_many(self) -> None:
        visits = journey(*["newsletter"] * (MAX_CLICKS + 20))

        assert credited_clicks(visits) == [visits[0], *visits[21:]]


class DescribeCreditsOf:
    def it_shares_one_conversion_under_every_model(self) -> None:
        clicks = journey("ad", "newsletter", "search")

        earned = credits_of(clicks, instant(2 * DAYS), None)

        assert {each.model for each in earned} == set(MODELS)
        for model in MODELS:
            assert sum(each.credit for each in earned if each.model == model) == WHOLE

    def it_leaves_out_clicks_without_credit(self) -> None:
        clicks = journey("ad", "newsletter", "search")

        earned = credits_of(clicks, instant(2 * DAYS), 999)

        places = {
            model: [each.position for each in earned if each.model == model]
            for model in ("first_click", "last_click", "linear")
        }
        assert places == {"first_click": [0], "last_click": [2], "linear": [0, 1, 2]}

    def it_is_one_credit_without_a_click_when_there_was_no_visit(self) -> None:
        earned = credits_of([], instant(0), 500)

        assert [(each.model, each.position, each.click) for each in earned] == [
            (model, 0, None) for model in MODELS
        ]
        assert {(each.credit, each.revenue) for each in earned} == {(WHOLE, 500)}

    def it_credits_a_click_at_the_very_instant(self) -> None:
        [click] = journey("ad")

        assert {each.click for each in credits_of([click], click.started_at, None)} == {click}

    @given(st.lists(st.sampled_from(sorted(ARRIVALS)), max_size=12), AMOUNTS)
    def it_shares_out_all_the_money(self, arrivals: list[str], value: int) -> None:
        clicks = credited_clicks(journey(*arrivals))

        earned = credits_of(clicks, instant(12 * DAYS), value)

        for model in MODELS:
            mine = [each for each in earned if each.model == model]
            assert sum(each.revenue or 0 for each in mine) == value
            assert sum(each.credit for each in mine) == WHOLE
            assert min(each.credit for each in mine) > 0


class DescribeSplitMoney:
    @pytest.mark.parametrize(
        ("value", "credit", "parts"), [pytest.param(*case, id=name) for name, case in MONEY.items()]
    )
    def it_gives_the_rest_to_the_largest_remainder(
        self, value: int, credit: list[int], parts: list[int]
    ) -> None:
        assert split_money(value, credit) == parts

    @given(AMOUNTS, SPLITS)
    def it_adds_up_to_the_value(self, value: int, credit: list[int]) -> None:
        assert sum(split_money(value, credit)) == value

    @given(AMOUNTS, SPLITS)
    def it_is_never_a_unit_off(self, value: int, credit: list[int]) -> None:
        for part, share in zip(split_money(value, credit), credit, strict=True):
            assert abs(part * sum(credit) - value * share) < sum(credit)
