"""Rule 4: the attribution models. A model shares the credit for a conversion among clicks.

A model is a function of the times of the clicks, earliest first, and the time of the conversion.
It returns a weight for each click. `shares` turns weights into millionths that sum to 1,000,000.
To add a model, write a function and add it to `MODELS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from growth.attribution.facts import DAY

WHOLE = 1_000_000
"""The credit of one conversion, in millionths."""

HALF_LIFE = 7 * DAY

SCALE = 2**60
"""The weight of the latest click under `time_decay`.

It is so large that rounding weights to integers does not matter.
"""

Weights = Sequence[int]
Model = Callable[[Sequence[int], int], Weights]


def first_click(clicks: Sequence[int], conversion: int) -> Weights:
    """Give all credit to the earliest click."""
    return [1] + [0] * (len(clicks) - 1)


def last_click(clicks: Sequence[int], conversion: int) -> Weights:
    """Give all credit to the latest click."""
    return [0] * (len(clicks) - 1) + [1]


def linear(clicks: Sequence[int], conversion: int) -> Weights:
    """Give the same credit to every click."""
    return [1] * len(clicks)


def position_based(clicks: Sequence[int], conversion: int) -> Weights:
    """Give 40% to the earliest click, 40% to the latest, and 20% to the clicks between them.

    The clicks between them share the 20% equally. If there are only two clicks, each gets 50%.
    """
    between = len(clicks) - 2
    if between < 1:
        return linear(clicks, conversion)
    return [2 * between] + [1] * between + [2 * between]


def time_decay(clicks: Sequence[int], conversion: int) -> Weights:
    """Give a click half the weight of a click 7 days later."""
    return [int(SCALE * 0.5 ** ((clicks[-1] - click) / HALF_LIFE)) for click in clicks]


MODELS: dict[str, Model] = {
    "first_click": first_click,
    "last_click": last_click,
    "linear": linear,
    "position_based": position_based,
    "time_decay": time_decay,
}


ACQUISITION = "acquisition"
"""Under this model, one click gets the credit for all conversions of a person.

This click is the one that gets the credit for the person's first conversion under `last_click`.
The model needs all conversions of the person, so it is not one of the functions in `MODELS`.
`growth/ledger/deriving.py` computes its credits.
"""

MODEL_NAMES = (*MODELS, ACQUISITION)

SINGLE_CLICK = ("first_click", "last_click", ACQUISITION)
"""The models that give all credit to one click."""


def shares(weights: Weights) -> list[int]:
    """Split 1,000,000, the credit of one conversion, in proportion to `weights`.

    The earliest click gets the remainder of rounding.

    >>> shares([1, 1, 1])
    [333334, 333333, 333333]
    """
    total = sum(weights)
    parts = [WHOLE * weight // total for weight in weights]
    parts[0] += WHOLE - sum(parts)
    return parts
