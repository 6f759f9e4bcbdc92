"""The figures of one group: raw sums that add up, and what is shown of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from growth.attribution.credit import WHOLE
from growth.attribution.facts import SECOND
from growth.schemas.money import from_minor


@dataclass(slots=True)
class Figures:
    """Sums over visits and credits. Credit and what is weighed by it are in millionths.

    `waited` is in microseconds, weighed by credit, over what was attributed; `fastest` and
    `longest` are in microseconds; `revenue` is in minor units by currency.
    """

    visits: int = 0
    new_visitors: int = 0
    pageviews: int = 0
    credit: int = 0
    unattributed: int = 0
    from_trial: int = 0
    waited: int = 0
    fastest: int | None = None
    longest: int | None = None
    pages_before: int = 0
    pages_after: int = 0
    revenue: Counter[str] = field(default_factory=Counter)

    def add(self, other: Figures) -> None:
        """Add the figures of another group."""
        for name in SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name, choose in (("fastest", min), ("longest", max)):
            both = [n for n in (getattr(self, name), getattr(other, name)) if n is not None]
            setattr(self, name, choose(both, default=None))
        self.revenue.update(other.revenue)

    def shown(self, all_credit: int) -> dict[str, Any]:
        """The metrics of the group, of `all_credit` in the whole answer."""
        attributed = self.credit - self.unattributed
        return {
            "visits": self.visits,
            "new_visitors": self.new_visitors,
            "pageviews": self.pageviews,
            "conversions": self.credit / WHOLE,
            "share": ratio(self.credit, all_credit),
            "conversion_rate": ratio(self.credit, self.visits * WHOLE),
            "from_trial": self.from_trial / WHOLE,
            "time_to_convert": {
                "average": ratio(self.waited * WHOLE, attributed * SECOND),
                "fastest": ratio(self.fastest, SECOND),
                "longest": ratio(self.longest, SECOND),
            },
            "pages_before": ratio(self.pages_before, self.credit),
            "pages_after": ratio(self.pages_after, self.credit),
            "revenue": {
                code: from_minor(self.revenue[code], code) for code in sorted(self.revenue)
            },
        }


SUMS = (
    "visits",
    "new_visitors",
    "pageviews",
    "credit",
    "unattributed",
    "from_trial",
    "waited",
    "pages_before",
    "pages_after",
)


def ratio(above: int | None, below: int) -> float | None:
    """A quotient of whole numbers, rounded to 6 decimals; None with nothing below the line."""
    if above is None or not below:
        return None
    return round(above / below, 6)
