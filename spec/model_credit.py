"""Rule 4, the shares: how each model shares one conversion, and its value, among clicks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

DAY = 24 * 60 * 60 * 1_000_000
WHOLE = 1_000_000
"""One conversion, in millionths."""


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
"""The weight of each click, earliest first, by model; ages are microseconds before the conversion.
The sixth model, `acquisition`, credits a click of another conversion: see model.py."""


def shares(weights: Sequence[float]) -> list[int]:
    """Millionths that sum to exactly one conversion; what rounding leaves goes to the earliest."""
    exact = [Fraction(weight) for weight in weights]
    parts = [int(WHOLE * weight / sum(exact)) for weight in exact]
    return [parts[0] + WHOLE - sum(parts), *parts[1:]]


def revenues(value: int | None, parts: Sequence[int]) -> list[int | None]:
    """The value in minor units by share, largest remainder first, so that it adds up."""
    if value is None:
        return [None for _ in parts]
    sign = -1 if value < 0 else 1
    exact = [Fraction(abs(value) * part, WHOLE) for part in parts]
    whole = [int(amount) for amount in exact]
    by_remainder = sorted(range(len(parts)), key=lambda place: whole[place] - exact[place])
    for place in by_remainder[: abs(value) - sum(whole)]:
        whole[place] += 1
    return [sign * amount for amount in whole]
