"""What is stored of persons, and what a batch changes: all that their conversions follow from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from growth.attribution.conversions import SIGNUP, TRIAL, Credit
from growth.attribution.credit import SINGLE_CLICK
from growth.attribution.facts import Event
from growth.attribution.visits import Rank, Visit
from growth.ledger.daily import Names, origin_id
from growth.ledger.owners import Change
from growth.ledger.replaying import BEGINNING, END
from growth.ledger.visitors import News


class Conversion(NamedTuple):
    """A row of the conversions, its columns in their order."""

    owner: str
    occurred_at: int
    digest: str
    event: str
    fingerprint: str | None
    fact_id: str | None
    order_id: str | None
    sent_value: int | None
    sent_currency: str | None
    value: int | None
    currency: str | None
    refunded: int = 0
    is_conversion: bool = False
    from_trial: bool = False
    visits_before: int = 0
    pages_before: int = 0
    revision: int = 0
    changed_at: int = 0


def filed(event: Event, name: str, owner: str) -> Conversion:
    """An event under its owner, not attributed yet; `name` is its name as the setting has it."""
    money = event.value, event.currency
    return Conversion(
        owner,
        event.created_at,
        event.digest,
        name,
        event.fingerprint,
        event.fact_id,
        event.order_id,
        *money,
        *money,
    )


class StoredClick(NamedTuple):
    """A visit as far as it decides about credit."""

    fingerprint: str | None = None
    started_at: int = 0
    digest: str | None = None
    is_direct: bool = True
    url: str = ""
    referrer_url: str | None = None
    country: str | None = None
    channel: str = ""
    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    paid: bool = False

    @property
    def rank(self) -> Rank:
        """As `Visit.rank`."""
        return (
            self.started_at,
            bool(self.is_direct),
            self.url,
            self.referrer_url or "",
            self.digest or "",
        )

    @property
    def origin(self) -> int:
        names: Names = (self.channel, self.source, self.medium, self.campaign, bool(self.paid))
        return origin_id(names)


class Acquisition(NamedTuple):
    """When a person converted first, and the click that earned it: a visit, its origin's id and
    country; all null if nothing did."""

    acquired_at: int
    fingerprint: str | None = None
    started_at: int | None = None
    click: str | None = None
    origin: int | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the persons."""

    owner: str
    visits: int
    pageviews: int
    acquisition: Acquisition | None = None
    is_kept: bool = False

    @property
    def row(self) -> tuple[Any, ...]:
        acquisition = self.acquisition or (None,) * len(Acquisition._fields)
        return self.owner, self.visits, self.pageviews, *acquisition, self.is_kept


def person_of(row: Sequence[Any]) -> Person:
    """The person of a row with all columns, in the order of the record."""
    owner, visits, pageviews, *acquisition, is_kept = row
    found = None if acquisition[0] is None else Acquisition(*acquisition)
    return Person(owner, visits, pageviews, found, bool(is_kept))


class CreditRow(NamedTuple):
    """A row of the credits, its columns in their order."""

    owner: str
    conversion: str
    model: str
    position: int
    event: str
    occurred_at: int
    credit: int
    revenue: int | None
    fingerprint: str | None
    started_at: int | None
    click: str | None
    origin: int | None
    country: str | None
    currency: str | None
    from_trial: bool
    pages_before: int | None

    @property
    def key(self) -> tuple[str, str, str, int]:
        return self[:4]

    @property
    def sharing(self) -> tuple[Any, ...]:
        """Which click gets which share of what; the rest repeats what reports need."""
        return self[2:11]


def credit_row(conversion: Conversion, credit: Credit) -> CreditRow:
    """The row of a credit of a conversion."""
    click: Any = credit.click
    where = (click.fingerprint, click.started_at, click.digest) if click else (None, None, None)
    about = (click.origin, click.country) if click else (None, None)
    return row_of_credit(
        conversion, credit.model, credit.position, credit.credit, credit.revenue, *where, *about
    )


def row_of_credit(
    conversion: Conversion, model: str, position: int, credit: int, revenue: int | None, *click: Any
) -> CreditRow:
    fingerprint, started_at, digest, origin, country = click
    return CreditRow(
        owner=conversion.owner,
        conversion=conversion.digest,
        model=model,
        position=position,
        event=conversion.event,
        occurred_at=conversion.occurred_at,
        credit=credit,
        revenue=revenue,
        fingerprint=fingerprint,
        started_at=started_at,
        click=digest,
        origin=origin,
        country=country,
        currency=None if revenue is None else conversion.currency,
        from_trial=conversion.from_trial,
        pages_before=conversion.pages_before if model in SINGLE_CLICK else None,
    )


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
