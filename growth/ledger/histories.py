"""A person's history, and how a batch changes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from growth.attribution.conversions import SIGNUP, TRIAL
from growth.attribution.facts import BEGINNING, END
from growth.attribution.visits import Visit
from growth.ledger.identity import Change
from growth.ledger.records import Conversion, CreditRow, Person, StoredClick
from growth.ledger.visitors import News


@dataclass(slots=True)
class Affected:
    """How a batch changed the visits and filed events of one person.

    All changes are between `since` and `until`, in microseconds. `visits` and `pageviews` are
    the changes of the person's numbers of visits and pageviews. A negative change is a decrease.

    `clicks_moved` is set if later conversions may credit other clicks, because a visit was added or
    deleted, or changed its origin or owner. `states_moved` is set if any later conversion may
    change, because a signup or trial was added or removed. `filed` has the newly filed events.
    `orders` has the ids of the orders whose events changed.
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
        """Add a changed visit of the person. `news` has the visitor's new pageviews and claims."""
        old, new = change
        grows = is_same_but_its_end(old, new)
        self.clicks_moved |= not grows
        for visit, sign in ((old, -1), (new, 1)):
            if visit is None or visit.owner != owner:
                continue
            self.visits += sign
            self.pageviews += sign * visit.pageviews
            if grows and news:  # the batch only added pages to the visit
                self.widen(max(visit.started_at, news.since), min(visit.last_at, news.until))
            else:
                self.widen(visit.started_at, visit.last_at)

    def add_event(self, conversion: Conversion) -> None:
        """Add a filed event that the person gained or lost."""
        self.widen(conversion.occurred_at, conversion.occurred_at)
        self.states_moved |= conversion.event.lower() in (SIGNUP, TRIAL)
        if conversion.order_id is not None:
            self.orders.add(conversion.order_id)


def is_same_but_its_end(old: Visit | None, new: Visit | None) -> bool:
    """Whether the visits differ at most in their end and their number of pageviews."""
    if old is None or new is None:
        return False
    return new.ending(old.last_at, old.pageviews) == old


@dataclass(slots=True)
class History:
    """A person, with all data needed to derive again the conversions that a batch may change.

    `conversions` has stored filed events, and the events that the batch files. `earliest` has the
    time and digest of the person's first signup and first trial. `is_whole` is set if the batch may
    change which conversion is the person's first. If `is_whole` is set, `conversions` has every
    event that may be the person's first conversion.

    `seen`, `clicks` and `held` have digests of conversions as keys. `seen` has the numbers of
    visits and pageviews before each conversion. `clicks` has the clicks in the lookback window of
    each conversion. `held` has the stored credits of each conversion.
    """

    person: Person
    affected: Affected
    conversions: list[Conversion]
    earliest: Mapping[str, tuple[int, str]]
    is_whole: bool
    seen: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    clicks: Mapping[str, Sequence[StoredClick]] = field(default_factory=dict)
    held: Mapping[str, Sequence[CreditRow]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attributed:
    """A conversion before and after the batch.

    `old` is the stored row, and `held` are its stored credits. `new` and `due` are the row and the
    credits that should be stored.
    """

    old: Conversion
    new: Conversion
    held: list[CreditRow]
    due: list[CreditRow]
    is_new: bool
    """Whether the conversion is not stored yet."""

    @property
    def is_unchanged(self) -> bool:
        """Whether neither the row nor its credits changed."""
        return self.new == self.old and self.held == self.due

    @property
    def has_other_credit(self) -> bool:
        """Whether the value, the credits or `is_conversion` of the conversion changed."""
        return value_and_credits(self.old, self.held) != value_and_credits(self.new, self.due)


def value_and_credits(conversion: Conversion, rows: Sequence[CreditRow]) -> tuple[object, ...]:
    """The value and the credits of a conversion. Empty if the event is not a conversion.

    The revision of a conversion goes up if its value or its credits change.
    """
    if not conversion.is_conversion:
        return ()
    money = conversion.value, conversion.currency, conversion.refunded
    return *money, [row.sharing for row in rows]
