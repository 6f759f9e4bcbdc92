"""Rule 7: conversions with the same name and order count once, and refunds lower the value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from growth.attribution.conversions import REFUND

PlacesOf = Callable[[str | None], int]
"""A function from a currency to its number of decimal places.

It is called with None for a value that was sent without a currency.
"""


class Entry(Protocol):
    """An event with an order_id. `sent_value` is in minor units, before refunds."""

    @property
    def event(self) -> str: ...
    @property
    def occurred_at(self) -> int: ...
    @property
    def digest(self) -> str: ...
    @property
    def fact_id(self) -> str | None: ...
    @property
    def sent_value(self) -> int | None: ...
    @property
    def sent_currency(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Worth:
    """The result of rule 7 for one event.

    counts    whether the event is the first conversion of its order with this name
    value     the value of the event after refunds, in minor units of `currency`
    refunded  the amount by which refunds lowered the value, in minor units of `currency`
    """

    counts: bool
    value: int | None
    currency: str | None
    refunded: int = 0


def worths(
    order: Sequence[Entry], converts: Callable[[Entry], bool], places_of: PlacesOf
) -> dict[str, Worth]:
    """The `Worth` of each event in `order`. The keys are the digests of the events.

    `order` has all events of one person that have the same order_id, including refunds.
    `converts` says whether an event would be a conversion if it had no order_id.
    """
    by_time = sorted(order, key=time_of)
    found = {each.digest: Worth(False, each.sent_value, each.sent_currency) for each in by_time}
    converting = [each for each in by_time if converts(each)]
    for name in {each.event for each in converting}:
        twins = [each for each in converting if each.event == name]
        valued = next((each for each in twins if each.sent_value is not None), twins[0])
        found[twins[0].digest] = Worth(True, valued.sent_value, valued.sent_currency)
    for each in by_time:
        worth = found[each.digest]
        if worth.counts and worth.value is not None:
            refunds = [other for other in by_time if other.event.lower() == REFUND]
            found[each.digest] = refunded(worth, once(refunds), places_of)
            break
    return found


def time_of(each: Entry) -> tuple[int, str]:
    """The sort key of an event: its time, then its digest."""
    return each.occurred_at, each.digest


def once(refunds: Iterable[Entry]) -> list[Entry]:
    """Keep one refund for each id, because a browser and a server may both send the same refund."""
    found: dict[str, Entry] = {}
    for each in refunds:
        found.setdefault(each.fact_id or each.digest, each)
    return list(found.values())


def refunded(worth: Worth, refunds: Iterable[Entry], places_of: PlacesOf) -> Worth:
    """Subtract the refunds from the value of `worth`, but never take the value below zero."""
    value = worth.value or 0
    taken = sum(amount_of(each, worth, places_of) for each in refunds)
    left = max(value - taken, min(value, 0))
    return Worth(worth.counts, left, worth.currency, value - left)


def amount_of(refund: Entry, worth: Worth, places_of: PlacesOf) -> int:
    """The amount to subtract for a refund, in minor units of the order's currency.

    For a refund without a value, it is the whole value of the order. For a refund in another
    currency, it is 0.
    """
    if refund.sent_value is None:
        return worth.value or 0
    if refund.sent_currency == worth.currency:
        return abs(refund.sent_value)
    if refund.sent_currency is not None:
        return 0
    unit: int = 10 ** (places_of(None) - places_of(worth.currency))
    return (abs(refund.sent_value) + unit // 2) // unit
