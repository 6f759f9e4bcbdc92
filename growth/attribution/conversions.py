"""Rules 4 and 7: which events convert, and which clicks earn their credit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from growth.attribution.credit import MODELS, shares
from growth.attribution.visits import Visit

SIGNUP, TRIAL, UNSUBSCRIBE = "signup", "trial", "unsubscribe"

STATES = (SIGNUP, TRIAL, UNSUBSCRIBE)
"""The events that decide the state of a person."""

MAX_CLICKS = 50
"""A conversion credits at most this many clicks: the earliest and the latest others."""


@dataclass(frozen=True, slots=True)
class Credit:
    """The share of one conversion that one click gets under one model.

    `credit` is in millionths, `revenue` in minor units of the conversion's currency. `position`
    counts the credited clicks from the earliest. An unattributed conversion has one credit
    without a click.
    """

    model: str
    position: int
    click: Visit | None
    credit: int
    revenue: int | None


def converts(name: str, conversions: Collection[str], is_first_signup: bool) -> bool:
    """Whether an event earns credit: a user signs up once, other conversions count each time."""
    return name in conversions and (name != SIGNUP or is_first_signup)


def credited_clicks(visits: Sequence[Visit]) -> list[Visit]:
    """Of the visits within the lookback window, those that earn credit, earliest first.

    Direct visits do only if all of them are direct.
    """
    clicks = [visit for visit in visits if not visit.is_direct] or list(visits)
    clicks.sort(key=lambda visit: visit.rank)
    return clicks[:1] + clicks[1:][-(MAX_CLICKS - 1) :]


def credits_of(clicks: Sequence[Visit], occurred_at: int, value: int | None) -> list[Credit]:
    """The credit of one conversion under every model; clicks without any are left out."""
    times = [click.started_at for click in clicks]
    found: list[Credit] = []
    for name, model in MODELS.items():
        split = shares(model(times, occurred_at)) if clicks else shares([1])
        revenue = [None] * len(split) if value is None else split_money(value, split)
        found += [
            Credit(name, position, clicks[position] if clicks else None, credit, money)
            for position, (credit, money) in enumerate(zip(split, revenue, strict=True))
            if credit
        ]
    return found


def split_money(value: int, credit: Sequence[int]) -> list[int]:
    """Minor units shared by credit, largest remainder first, so that they add up to `value`.

    >>> split_money(1000, [333334, 333333, 333333])
    [334, 333, 333]
    """
    total = sum(credit)
    sign = -1 if value < 0 else 1
    parts = [divmod(abs(value) * share, total) for share in credit]
    rest = abs(value) - sum(whole for whole, _ in parts)
    first = sorted(range(len(parts)), key=lambda place: -parts[place][1])[:rest]
    return [sign * (whole + (place in first)) for place, (whole, _) in enumerate(parts)]
