"""The oracle: a second, simple implementation of the rules of attribution, for comparison.

It takes all facts of a history at once and computes everything from scratch, in quadratic time. It
imports nothing of growth, so that it cannot be wrong in the same way. Times are integer
microseconds. The numbers of rules are those of docs/attribution.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from model_credit import DAY, WEIGHTS, WHOLE, revenues, shares
from model_visits import TIMEOUT, UNATTRIBUTED, Origin, Page, is_direct, origin, page_rank, runs

LOOKBACK = 90 * DAY
MOST_CLICKS = 50
MOST_USERS, MOST_VISITORS = 20, 200
"""A visitor with more users is a shared terminal; a user with more visitors, a client's mistake."""

CONVERSIONS = {"signup", "trial", "purchase", "lead"}
STATES = {"signup", "trial", "unsubscribe"}
PLACES = {"EUR": 2, "JPY": 0, None: 6}
MODELS = (*WEIGHTS, "acquisition")


@dataclass(frozen=True)
class Event:
    """An event. `id` is its public id: the sender's, or else a digest of its content."""

    name: str
    at: int
    id: str
    visitor: str | None = None
    user: str | None = None
    value: Decimal | None = None
    currency: str | None = None
    order: str | None = None

    @property
    def kind(self) -> str:
        """Rule 7: names match in any case."""
        return self.name.lower()

    @property
    def rank(self) -> tuple[int, str]:
        """Rule 5: events are ordered by time, then by content."""
        return self.at, self.id


class Claim(NamedTuple):
    at: int
    user: str
    visitor: str


class Person(NamedTuple):
    """A user, or a visitor that belongs to no user yet."""

    user: str | None
    visitor: str | None


@dataclass(frozen=True)
class Visit:
    pages: tuple[Page, ...]
    owner: Person
    is_first: bool

    @property
    def start(self) -> Page:
        return self.pages[0]

    @property
    def origin(self) -> Origin:
        return origin(self.start)


class Credit(NamedTuple):
    """The share of a click in a conversion, in millionths, and its revenue in minor units.

    `click` is None if the conversion is unattributed.
    """

    click: Visit | None
    share: int
    revenue: int | None


@dataclass(frozen=True)
class Conversion:
    """An event that counts as a conversion. `value` is in minor units, after refunds."""

    event: Event
    owner: Person
    value: int | None
    currency: str | None

    @property
    def at(self) -> int:
        return self.event.at


def minor(amount: Decimal, currency: str | None) -> int:
    return round(amount * 10 ** PLACES[currency])


class Truth:
    """All that the rules derive from a set of facts."""

    def __init__(self, facts: Sequence[Page | Event]) -> None:
        facts = list(dict.fromkeys(facts))  # each fact counts once
        self.pages = [fact for fact in facts if isinstance(fact, Page)]
        events = [fact for fact in facts if isinstance(fact, Event)]
        self.events = sorted(events, key=lambda event: event.rank)
        self.claims = sorted(
            {Claim(f.at, f.user, f.visitor) for f in facts if f.user and f.visitor}
        )
        self.visits = [
            Visit(tuple(pages), self.owner_of_pages(pages), is_first=place == 0)
            for visitor in sorted({page.visitor for page in self.pages})
            for place, pages in enumerate(runs([p for p in self.pages if p.visitor == visitor]))
        ]
        self.owners = {event: self.owner_of_event(event) for event in self.events}
        self.persons = sorted({*self.owners.values(), *(v.owner for v in self.visits)}, key=repr)
        self.conversions = [each for person in self.persons for each in self.converted(person)]

    # Rule 6: identity

    def owner_of_pages(self, pages: Sequence[Page]) -> Person:
        return self.claimant(pages[0].visitor, pages[0].at, pages[-1].at + TIMEOUT)

    def owner_of_event(self, event: Event) -> Person:
        if event.user:
            return Person(event.user, None)
        assert event.visitor
        begun = [v for v in self.visits if v.start.visitor == event.visitor]
        begun = [visit for visit in begun if visit.start.at <= event.at]
        if begun:
            return begun[-1].owner
        return self.claimant(event.visitor, event.at, event.at + TIMEOUT)

    def claimant(self, visitor: str, start: int, end: int) -> Person:
        """The person who owns what a visitor did from `start` to `end`.

        It is the user of the first claim in this time, else of the latest claim before it, else
        of the earliest claim after it, else the visitor.
        """
        claims = [claim for claim in self.claims if claim.visitor == visitor]
        within = [claim for claim in claims if start <= claim.at <= end]
        before = [claim for claim in claims if claim.at < start and self.joins(claim)]
        after = [claim for claim in claims if claim.at > end and self.joins(claim)]
        for claim in (*within[:1], *before[-1:], *after[:1]):
            return Person(claim.user, None)
        return Person(None, visitor)

    def joins(self, claim: Claim) -> bool:
        """Whether a claim counts for other visits than the one it was made in."""
        users = {each.user for each in self.claims if each.visitor == claim.visitor}
        visitors = {each.visitor for each in self.claims if each.user == claim.user}
        return len(users) <= MOST_USERS and len(visitors) <= MOST_VISITORS

    # Rule 7: once

    def done(self, person: Person, *kinds: str) -> list[Event]:
        """The person's events of these kinds, in the order of time."""
        return [e for e in self.events if e.kind in kinds and self.owners[e] == person]

    def converted(self, person: Person) -> list[Conversion]:
        """The person's conversions. A signup or an order counts once, any other event each time."""
        alike: defaultdict[Any, list[Event]] = defaultdict(list)
        for event in self.done(person, *CONVERSIONS):
            order = event.order and (event.kind, event.order)
            alike["signup" if event.kind == "signup" else order or event].append(event)
        found = [self.at_value(person, events) for events in alike.values()]
        return [self.refunded(each, found) for each in found]

    def at_value(self, person: Person, events: Sequence[Event]) -> Conversion:
        """One conversion for events that count once: the earliest event.

        It has the value of the earliest event with a value; a signup has only its own value.
        """
        first = events[0]
        valued = [e for e in events if e.value is not None and (e is first or e.kind != "signup")]
        priced = valued[0] if valued else first
        value = None if priced.value is None else minor(priced.value, priced.currency)
        return Conversion(first, person, value, priced.currency)

    def refunded(self, each: Conversion, conversions: Sequence[Conversion]) -> Conversion:
        """The conversion after refunds.

        Refunds of an order are subtracted from its earliest conversion with a value.
        """
        order = each.event.order
        valued = [c for c in conversions if c.event.order == order and c.value is not None]
        if not order or each.value is None or valued[0] != each:
            return each
        refunds = {e.id: e for e in reversed(self.done(each.owner, "refund")) if e.order == order}
        left = each.value
        for refund in refunds.values():
            if refund.currency in (None, each.currency):
                taken = refund.value
                left -= each.value if taken is None else abs(minor(taken, each.currency))
        return Conversion(each.event, each.owner, max(left, min(each.value, 0)), each.currency)

    def is_after_trial(self, conversion: Conversion) -> bool:
        return any(trial.at < conversion.at for trial in self.done(conversion.owner, "trial"))

    def state(self, person: Person) -> str:
        return [*["visitor"], *(event.kind for event in self.done(person, *STATES))][-1]

    # Rule 4: credit

    def journey(self, person: Person) -> list[Visit]:
        """The person's visits on all devices, in the order of time."""
        theirs = [visit for visit in self.visits if visit.owner == person]
        return sorted(theirs, key=lambda visit: page_rank(visit.start))

    def clicks(self, conversion: Conversion) -> list[Visit]:
        """The visits that earn credit: at most the earliest and the latest 49."""
        seen = self.journey(conversion.owner)
        seen = [v for v in seen if conversion.at - LOOKBACK <= v.start.at <= conversion.at]
        found = [visit for visit in seen if not is_direct(visit.start)] or seen
        return found[:1] + found[1:][-(MOST_CLICKS - 1) :]

    def acquisition(self, person: Person) -> Visit | None:
        """The click that `last_click` gives the person's first conversion."""
        first = next(each for each in self.conversions if each.owner == person)
        return next(reversed(self.clicks(first)), None)

    def credits(self, conversion: Conversion, model: str) -> list[Credit]:
        """The credits of a conversion under a model, earliest click first."""
        clicks: list[Visit | None] = list(self.clicks(conversion))
        parts = [WHOLE]
        if model == "acquisition":
            clicks = [self.acquisition(conversion.owner)]
        elif clicks:
            ages = [conversion.at - visit.start.at for visit in self.clicks(conversion)]
            parts = shares(WEIGHTS[model](ages))
        split = revenues(conversion.value, parts)
        found = map(Credit, clicks or [None], parts, split)
        return [credit for credit in found if credit.share]

    def visits_before(self, conversion: Conversion) -> int:
        return sum(v.start.at <= conversion.at for v in self.journey(conversion.owner))

    def pages_before(self, conversion: Conversion) -> int:
        seen = [page for visit in self.journey(conversion.owner) for page in visit.pages]
        return sum(page.at <= conversion.at for page in seen)

    # Sums

    def sums(self, key: Callable[[Visit], Any]) -> dict[Any, tuple[int, int, int]]:
        """The numbers of visits, new visitors and pageviews of each group."""
        groups: defaultdict[Any, list[Visit]] = defaultdict(list)
        for visit in self.visits:
            groups[key(visit)].append(visit)
        return {
            group: (len(found), sum(v.is_first for v in found), sum(len(v.pages) for v in found))
            for group, found in groups.items()
        }

    def earned(self, name: str, model: str) -> dict[Origin, list[tuple[Conversion, Credit]]]:
        """The credits under a model of all conversions with a name, by origin."""
        groups: defaultdict[Origin, list[tuple[Conversion, Credit]]] = defaultdict(list)
        for conversion in self.conversions:
            if conversion.event.kind == name:
                for credit in self.credits(conversion, model):
                    group = credit.click.origin if credit.click else UNATTRIBUTED
                    groups[group].append((conversion, credit))
        return groups
