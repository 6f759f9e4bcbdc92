"""The history of a person, and the part of it that a batch changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from growth.attribution.conversions import SIGNUP, TRIAL
from growth.attribution.facts import BEGINNING, END
from growth.attribution.visits import Visit
from growth.ledger.owners import Change
from growth.ledger.records import Conversion, CreditRow, Person, StoredClick
from growth.ledger.visitors import News


@dataclass(slots=True)
class Affected:
    """The changes of one person's facts, between two instants in microseconds.

    `visits` and `pageviews` are differences. `clicks_moved` is set when a visit was added or
    deleted, or its origin or owner changed: later conversions may credit other clicks.
    `states_moved` is set when a signup or trial was filed or taken away: later conversions depend
    on it. `filed` are new conversions. `orders` are those whose events changed.
    """

    since: int = END
    until: int = BEGINNING
    visits: int = 0
    pageviews: int = 0
    clicks_moved: bool = False
    states_moved: bool = False
    filed: list[Conversion] = field(default_factory=list)
    orders: set[str] = field(default_factory=set)

    def widen(self, since: int, until: int) -> None:
        self.since, self.until = min(self.since, since), max(self.until, until)

    def add_visit(self, change: Change, owner: str, news: News | None) -> None:
        """Add a changed visit of the person; `news` is of its visitor."""
        old, new = change
        grows = is_same_but_its_end(old, new)
        self.clicks_moved |= not grows
        for visit, sign in ((old, -1), (new, 1)):
            if visit is None or visit.owner != owner:
                continue
            self.visits += sign
            self.pageviews += sign * visit.pageviews
            if grows and news:  # only pages between these two instants changed
                self.widen(max(visit.started_at, news.since), min(visit.last_at, news.until))
            else:
                self.widen(visit.started_at, visit.last_at)

    def add_event(self, conversion: Conversion) -> None:
        """Add an event that was filed under the person or taken away."""
        self.widen(conversion.occurred_at, conversion.occurred_at)
        self.states_moved |= conversion.event.lower() in (SIGNUP, TRIAL)
        if conversion.order_id is not None:
            self.orders.add(conversion.order_id)


def is_same_but_its_end(old: Visit | None, new: Visit | None) -> bool:
    """Whether only the end and the pageviews of a visit may differ."""
    if old is None or new is None:
        return False
    return new.ending(old.last_at, old.pageviews) == old


@dataclass(slots=True)
class History:
    """A person, and the input of the conversions that a batch may change.

    `conversions` are the stored ones and the newly filed ones. `earliest` are the person's first
    signup and first trial. By digest: `seen` are the visits and pages up to a conversion, `clicks`
    those in its lookback window, `held` its stored credits. `is_whole` is set if the first
    conversion is among `conversions`.
    """

    person: Person
    affected: Affected
    conversions: list[Conversion]
    earliest: Mapping[str, tuple[int, str]]
    is_whole: bool
    seen: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    clicks: Mapping[str, Sequence[StoredClick]] = field(default_factory=dict)
    held: Mapping[str, Sequence[CreditRow]] = field(default_factory=dict)
