"""Rule 4: the credit of each click before one conversion."""

from __future__ import annotations

import pytest
from histories import DAYS, instant
from hypothesis import given
from hypothesis import strategies as st

from growth.attribution.credit import (
    MODELS,
    WHOLE,
    linear,
    shares,
    time_decay,
)
from growth.attribution.facts import DAY

CONVERSION = instant(0)


def days_before(*days: float) -> list[int]:
    """The times of clicks, given in days before the conversion, earliest first."""
    return [instant(-each * DAYS) for each in days]


moments = st.lists(st.integers(0, 3_650 * DAY), min_size=1, max_size=100).map(
    lambda elapsed: sorted(CONVERSION - each for each in elapsed)
)
models = st.sampled_from(sorted(MODELS))

Table = dict[str, tuple[list[float], list[float]]]

# How many days before the conversion each click was, and the share of each in percent.
# fmt: off
FIRST: Table = {
    "a single click": ([3], [100]),
    "an ad, then a newsletter": ([9, 2], [100, 0]),
    "four clicks": ([9, 4, 2, 0], [100, 0, 0, 0]),
}
LAST: Table = {
    "a single click": ([3], [100]),
    "an ad, then a newsletter": ([9, 2], [0, 100]),
    "four clicks": ([9, 4, 2, 0], [0, 0, 0, 100]),
}
LINEAR: Table = {
    "a single click": ([3], [100]),
    "an ad, then a newsletter": ([9, 2], [50, 50]),
    "three clicks: the rest to the earliest": ([9, 4, 2], [33.3334, 33.3333, 33.3333]),
    "four clicks": ([9, 4, 2, 0], [25, 25, 25, 25]),
    "six clicks: the rest to the earliest": ([6, 5, 4, 3, 2, 1], [16.667, *[16.6666] * 5]),
}
POSITION_BASED: Table = {
    "a single click": ([3], [100]),
    "an ad, then a newsletter": ([9, 2], [50, 50]),
    "three clicks": ([9, 4, 2], [40, 20, 40]),
    "four clicks": ([9, 4, 2, 0], [40, 10, 10, 40]),
    "five clicks: the rest to the earliest": ([9, 4, 3, 2, 0], [40.0002, *[6.6666] * 3, 40]),
    "twelve clicks": ([*range(12, 0, -1)], [40, *[2] * 10, 40]),
}
TIME_DECAY: Table = {
    "a single click": ([3], [100]),
    "a single click 90 days before": ([90], [100]),
    "a click a week before another": ([7, 0], [33.3334, 66.6666]),
    "a click a week before another, both a month ago": ([37, 30], [33.3334, 66.6666]),
    "a click a fortnight before another": ([14, 0], [20, 80]),
    "two clicks at once": ([3, 3], [50, 50]),
    "three clicks a week apart": ([14, 7, 0], [14.2858, 28.5714, 57.1428]),
}
# fmt: on

TABLES = {
    "first_click": FIRST,
    "last_click": LAST,
    "linear": LINEAR,
    "position_based": POSITION_BASED,
    "time_decay": TIME_DECAY,
}
CASES = [
    pytest.param(model, days, percents, id=f"{model}: {name}")
    for model, table in TABLES.items()
    for name, (days, percents) in table.items()
]


class DescribeModels:
    @pytest.mark.parametrize(("model", "days", "percents"), CASES)
    def it_shares_credit(self, model: str, days: list[float], percents: list[float]) -> None:
        found = shares(MODELS[model](days_before(*days), CONVERSION))

        assert found == [round(percent * 10_000) for percent in percents]

    def it_knows_the_five_of_the_design(self) -> None:
        assert list(MODELS) == list(TABLES)
        assert [model.__name__ for model in MODELS.values()] == list(TABLES)

    @given(models, moments)
    def it_shares_out_exactly_one_conversion(self, model: str, clicks: list[int]) -> None:
        found = shares(MODELS[model](clicks, CONVERSION))

        assert sum(found) == WHOLE
        assert min(found) >= 0
        assert len(found) == len(clicks)

    @given(moments)
    def it_never_gives_a_later_click_less_when_it_decays(self, clicks: list[int]) -> None:
        _, *found = shares(time_decay(clicks, CONVERSION))

        assert found == sorted(found)

    @given(moments)
    def it_treats_all_clicks_alike_in_linear_but_for_the_rest(self, clicks: list[int]) -> None:
        earliest, *others = shares(linear(clicks, CONVERSION))

        assert set(others) <= {WHOLE // len(clicks)}
        assert 0 <= earliest - WHOLE // len(clicks) < len(clicks)


class DescribeShares:
    @given(st.lists(st.integers(0, 2**60), min_size=1, max_size=100).filter(any))
    def it_sums_to_a_million_whatever_the_weights(self, weights: list[int]) -> None:
        found = shares(weights)

        assert sum(found) == WHOLE
        assert min(found) >= 0

    @given(st.lists(st.integers(1, 2**60), min_size=1, max_size=20))
    def it_is_never_further_off_than_rounding(self, weights: list[int]) -> None:
        exact = [WHOLE * weight / sum(weights) for weight in weights]

        assert all(abs(a - b) <= len(weights) for a, b in zip(shares(weights), exact, strict=True))
