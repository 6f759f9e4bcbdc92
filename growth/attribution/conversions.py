"""Rules 4 and 7: which events are conversions, and which clicks get credit for a conversion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import NamedTuple, TypeVar

from growth.attribution.credit import MODELS, WHOLE, shares
from growth.attribution.visits import Click, rank_of

SIGNUP, TRIAL, UNSUBSCRIBE, REFUND = "signup", "trial", "unsubscribe", "refund"

STATES = (SIGNUP, TRIAL, UNSUBSCRIBE)
"""Events that set a person's state. The state is the name of the person's latest such event."""

MAX_CLICKS = 50
"""At most this many clicks get credit for a conversion: the earliest click and the latest 49."""


AnyClick = TypeVar("AnyClick", bound=Click)


@dataclass(frozen=True)
class Terms:
    """The names of the events that are conversions, and the lookback window.

    Upper and lower case make no difference in names of events.
    """

    names: tuple[str, ...]
    lookback: int
    """The lookback window, in microseconds."""

    @cached_property
    def tracked(self) -> dict[str, str]:
        """The names of all events that get a row in the table of conversions.

        They are the events in `STATES`, the conversions in `names`, and `refund`. Each key is a
        name in lower case. Its value is the name as the table stores it.
        """
        return {name.lower(): name for name in (*STATES, REFUND, *self.names)}

    @cached_property
    def converting(self) -> frozenset[str]:
        """`names` in lower case."""
        return frozenset(name.lower() for name in self.names)

    @property
    def version(self) -> str:
        """A hash of the terms, the names of the models, and `MAX_CLICKS`.

        If the hash changes, stored conversions and credits may be out of date.
        """
        inputs = self.lookback, sorted(self.names), sorted(MODELS), MAX_CLICKS
        return blake2b(repr(inputs).encode(), digest_size=4).hexdigest()

    def shown(self, name: str) -> str | None:
        """The name under which the table of conversions stores an event. None if it does not."""
        return self.tracked.get(name.lower())

    def converts(self, name: str, is_first_signup: bool) -> bool:
        """Whether an event is a conversion. Its order can still rule that out (see `orders`).

        An event with a name in `names` is a conversion, except a signup after the person's first.
        """
        lower = name.lower()
        return lower in self.converting and (lower != SIGNUP or is_first_signup)


class Credit(NamedTuple):
    """The share of one conversion that one click gets under one model.

    `credit` is in millionths, `revenue` in minor units of the conversion's currency. `position` is
    the index of the click in the result of `credited_clicks`, so the earliest click has 0. An
    unattributed conversion has one credit per model. The `click` of this credit is None.
    """

    model: str
    position: int
    click: Click | None
    credit: int
    revenue: int | None


def credited_clicks(visits: Iterable[AnyClick]) -> list[AnyClick]:
    """The visits that can get credit for a conversion: at most `MAX_CLICKS`, earliest first.

    `visits` are the person's visits in the lookback window before the conversion. Direct visits can
    get credit only if all of these visits are direct.
    """
    visits = list(visits)
    clicks = [visit for visit in visits if not visit.is_direct] or visits
    clicks.sort(key=rank_of)
    return clicks[:1] + clicks[1:][-(MAX_CLICKS - 1) :]


def credits_of(clicks: Sequence[Click], occurred_at: int, value: int | None) -> list[Credit]:
    """The credits of one conversion under each of `MODELS`. Credits of 0 are left out."""
    times = [click.started_at for click in clicks]
    found: list[Credit] = []
    for name, model in MODELS.items():
        split = shares(model(times, occurred_at)) if clicks else [WHOLE]
        credited = [(place, credit) for place, credit in enumerate(split) if credit]
        parts = [credit for _, credit in credited]
        revenue = [None] * len(parts) if value is None else split_money(value, parts)
        found += [
            Credit(name, position, clicks[position] if clicks else None, credit, money)
            for (position, credit), money in zip(credited, revenue, strict=True)
        ]
    return found


def split_money(value: int, credit: Sequence[int]) -> list[int]:
    """Split a value in minor units in proportion to the credits. The parts add up to `value`.

    >>> split_money(1000, [333334, 333333, 333333])
    [334, 333, 333]
    """
    if len(credit) == 1:
        return [value]
    total = sum(credit)
    sign = -1 if value < 0 else 1
    parts = [divmod(abs(value) * share, total) for share in credit]
    rest = abs(value) - sum(whole for whole, _ in parts)
    first = sorted(range(len(parts)), key=lambda place: -parts[place][1])[:rest]
    return [sign * (whole + (place in first)) for place, (whole, _) in enumerate(parts)]
