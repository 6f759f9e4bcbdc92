"""Rule 4 of the oracle: how each model shares a conversion and its value among clicks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

DAY = 24 * 60 * 60 * 1_000_000
WHOLE = 1_000_000
"""A whole conversion in millionths."""


def position_based(ages: Sequence[int]) -> Sequence[float]:
    between = len(ages) - 2
    if between < 1:
        return [1 for _ in ages]
    return [Fraction(40), *[Fraction(20, between)] * between, Fraction(40)]


WEIGHTS: dict[str, Callable[[Sequence[int]], Sequence[float]]] = {
    "first_click": lambda ages: [1, *[0] * (len(ages) - 1)],
    "last_click": lambda ages: [*[0] * (len(ages) - 1), 1],
    "linear": lambda ages: [1 for _ in ages],
    "position_based": position_based,
    "time_decay": lambda ages: [0.5 ** (age / (7 * DAY)) for age in ages],
}
"""The function of each model from the ages of clicks to their weights, earliest click first.

The age of a click is the time from the click to the conversion, in microseconds. model.py computes
the sixth model, `acquisition`.
"""


def shares(weights: Sequence[float]) -> list[int]:
    """The share of each click in millionths, rounded down; the earliest click gets the rest."""
    exact = [Fraction(weight) for weight in weights]
    parts = [int(WHOLE * weight / sum(exact)) for weight in exact]
    return [parts[0] + WHOLE - sum(parts), *parts[1:]]


def revenues(value: int | None, parts: Sequence[int]) -> list[int | None]:
    """The value in minor units, split by shares so that the parts add up to it.

    Parts are rounded down. The units left over go to the parts with the largest remainders.
    """
    if value is None:
        return [None for _ in parts]
    sign = -1 if value < 0 else 1
    exact = [Fraction(abs(value) * part, WHOLE) for part in parts]
    whole = [int(amount) for amount in exact]
    by_remainder = sorted(range(len(parts)), key=lambda place: whole[place] - exact[place])
    for place in by_remainder[: abs(value) - sum(whole)]:
        whole[place] += 1
    return [sign * amount for amount in whole]
