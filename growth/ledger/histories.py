"""What is stored of persons, and what a batch changes: all that their conversions follow from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from growth.attribution.conversions import SIGNUP, TRIAL
from growth.attribution.visits import Visit
from growth.ledger.owners import Change
from growth.ledger.records import Conversion, CreditRow, Person, StoredClick
from growth.ledger.replaying import BEGINNING, END
from growth.ledger.visitors import News


@dataclass(slots=True)
class Affected:
    """How the facts of one person changed, between two instants in microseconds.

    `visits` and `pageviews` say how many more they are. `clicks_moved` is set when a visit began,
    ended as another, or changed hands, so that the lookback of later conversions sees other clicks;
    `states_moved` when a signup or a trial did, on which all later ones depend. `filed` are new
    conversions, `orders` those whose events changed.
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
        """A visit of the person changed because of the news of its visitor."""
        old, new = change
        grows = has_grown(old, new)
        self.clicks_moved |= not grows
        for visit, sign in ((old, -1), (new, 1)):
            if visit is None or visit.owner != owner:
                continue
            self.visits += sign
            self.pageviews += sign * visit.pageviews
            if grows and news:  # pages before the news are as they were, and so are those after
                self.widen(max(visit.started_at, news.since), min(visit.last_at, news.until))
            else:
                self.widen(visit.started_at, visit.last_at)

    def add_event(self, conversion: Conversion) -> None:
        """An event was filed under the person, or is theirs no more."""
        self.widen(conversion.occurred_at, conversion.occurred_at)
        self.states_moved |= conversion.event.lower() in (SIGNUP, TRIAL)
        if conversion.order_id is not None:
            self.orders.add(conversion.order_id)


def has_grown(old: Visit | None, new: Visit | None) -> bool:
    """Whether a visit only ends elsewhere or counts other pages than before."""
    if old is None or new is None:
        return False
    return new.ending(old.last_at, old.pageviews) == old


@dataclass(slots=True)
class History:
    """A person, and all that decides about the conversions that a batch may change.

    `conversions` are those stored and those just filed, `earliest` when the person first did what
    decides states. By digest: `seen`, the visits and pages up to a conversion; `clicks`, those in
    its lookback window; `held`, its credits as stored. `is_whole` says that the first conversion is
    among them.
    """

    person: Person
    affected: Affected
    conversions: list[Conversion]
    earliest: Mapping[str, tuple[int, str]]
    is_whole: bool
    seen: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    clicks: Mapping[str, Sequence[StoredClick]] = field(default_factory=dict)
    held: Mapping[str, Sequence[CreditRow]] = field(default_factory=dict)
