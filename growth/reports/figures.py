"""The figures of a group: sums over visits, credits and costs, and metrics made of the sums."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from growth.attribution.credit import WHOLE
from growth.attribution.facts import SECOND
from growth.schemas.money import from_minor

Money = dict[str, int]
"""Amounts in minor units, by currency."""


@dataclass(frozen=True, slots=True)
class Whole:
    """Figures of the whole answer that the metrics of a group need.

    `credit` is the credit of all groups together, in millionths. `earned` has the currencies in
    which the event has revenue.
    """

    credit: int
    earned: Collection[str] = ()


@dataclass(slots=True)
class Figures:
    """Sums over the visits, credits and costs of a group.

    In sums over credits, except `revenue`, each number is multiplied by its credit in millionths.
    `waited` is the sum of the times to convert in microseconds. `fastest` and `longest` are the
    shortest and the longest time to convert in microseconds. Unattributed conversions have no time
    to convert. `cost` is None if `has_costs` is false for the query.
    """

    visits: int = 0
    new_visitors: int = 0
    pageviews: int = 0
    credit: int = 0
    unattributed: int = 0
    from_trial: int = 0
    waited: int = 0
    pages_before: int = 0
    pages_after: int = 0
    fastest: int | None = None
    longest: int | None = None
    revenue: Money = field(default_factory=dict)
    cost: Money | None = field(default_factory=dict)

    def add(self, other: Figures) -> None:
        """Add the figures of another group."""
        if other.visits:
            self.visits += other.visits
            self.new_visitors += other.new_visitors
            self.pageviews += other.pageviews
        if other.credit or other.pages_before or other.pages_after:
            self.earn(other)
        if self.cost is not None and other.cost:
            self.cost = summed(self.cost, other.cost)

    def earn(self, other: Figures) -> None:
        """Add the figures of another group that come from credits."""
        self.credit += other.credit
        self.unattributed += other.unattributed
        self.from_trial += other.from_trial
        self.waited += other.waited
        self.pages_before += other.pages_before
        self.pages_after += other.pages_after
        self.fastest = picked(min, self.fastest, other.fastest)
        self.longest = picked(max, self.longest, other.longest)
        self.revenue = summed(self.revenue, other.revenue)

    def metric(self, name: str, whole: Whole) -> Any:
        return METRICS[name](self, whole)

    def shown(self, metrics: Iterable[str], whole: Whole) -> dict[str, Any]:
        return {name: METRICS[name](self, whole) for name in metrics}

    def times(self, whole: Whole) -> dict[str, float | None]:
        return {
            "average": ratio(self.waited, (self.credit - self.unattributed) * SECOND),
            "fastest": ratio(self.fastest, SECOND),
            "longest": ratio(self.longest, SECOND),
        }

    def cost_per_conversion(self, whole: Whole) -> dict[str, float | None] | None:
        if self.cost is None:
            return None
        return {
            code: ratio(from_minor(spent, code) * WHOLE, self.credit)
            for code, spent in sorted(self.cost.items())
        }

    def roi(self, whole: Whole) -> dict[str, float | None] | None:
        """ROI in each currency. None if the event has no revenue in the currency in the period."""
        if self.cost is None:
            return None
        return {
            code: ratio(self.revenue.get(code, 0) - spent, spent) if code in whole.earned else None
            for code, spent in sorted(self.cost.items())
        }


METRICS: dict[str, Any] = {
    "visits": lambda of, _: of.visits,
    "new_visitors": lambda of, _: of.new_visitors,
    "pageviews": lambda of, _: of.pageviews,
    "conversions": lambda of, _: of.credit / WHOLE,
    "share": lambda of, whole: ratio(of.credit, whole.credit),
    "conversion_rate": lambda of, _: ratio(of.credit, of.visits * WHOLE),
    "from_trial": lambda of, _: of.from_trial / WHOLE,
    "time_to_convert": Figures.times,
    "pages_before": lambda of, _: ratio(of.pages_before, of.credit),
    "pages_after": lambda of, _: ratio(of.pages_after, of.credit),
    "revenue": lambda of, _: shown_money(of.revenue),
    "cost": lambda of, _: shown_money(of.cost),
    "cost_per_conversion": Figures.cost_per_conversion,
    "roi": Figures.roi,
}


def picked(choose: Any, one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    found: int = choose(one, other)
    return found


def summed(one: Money, other: Money) -> Money:
    if not (one and other):
        return one or other
    return {code: one.get(code, 0) + other.get(code, 0) for code in {**one, **other}}


def shown_money(money: Money | None) -> dict[str, float] | None:
    if money is None:
        return None
    return {code: from_minor(money[code], code) for code in sorted(money)}


def ratio(above: float | None, below: float) -> float | None:
    """A quotient, rounded to 6 decimals. None if `above` is None or `below` is 0."""
    if above is None or not below:
        return None
    return round(above / below, 6)
