"""Rows of conversions, credits, persons and clicks as Python values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from growth.attribution.conversions import Credit
from growth.attribution.credit import SINGLE_CLICK
from growth.attribution.facts import Event, user_of, visitor
from growth.database.tables.rollup import Names, origin_id


class Conversion(NamedTuple):
    """A row of the table of conversions. The fields are in the order of its columns."""

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
    """The row of an event that is filed under its owner and not attributed yet.

    `name` is the event's name, as `Terms.shown` returns it.
    """
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


def subject_of(conversion: Conversion) -> str:
    """The key of the event's visitor or, without a visitor, of its user."""
    known = conversion.fingerprint
    assert known is not None or user_of(conversion.owner) is not None
    return conversion.owner if known is None else visitor(known)


class StoredClick(NamedTuple):
    """A visit that may get credit, with the columns that its credit depends on or copies."""

    fingerprint: str
    started_at: int
    digest: str
    is_direct: bool
    url: str
    referrer_url: str | None
    country: str | None
    channel: str
    source: str | None
    medium: str | None
    campaign: str | None
    paid: bool

    @property
    def origin(self) -> int:
        names: Names = (self.channel, self.source, self.medium, self.campaign, bool(self.paid))
        return origin_id(names)


class Acquisition(NamedTuple):
    """When a person first converted, and the click that `last_click` credits with this conversion.

    If no click gets the credit, all fields except `acquired_at` are None.
    """

    acquired_at: int
    fingerprint: str | None = None
    started_at: int | None = None
    click: str | None = None
    origin: int | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the table of persons."""

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
    """Make a Person from a row of the table of persons."""
    owner, visits, pageviews, *acquisition, is_kept = row
    found = None if acquisition[0] is None else Acquisition(*acquisition)
    return Person(owner, visits, pageviews, found, bool(is_kept))


class CreditRow(NamedTuple):
    """A row of the table of credits. The fields are in the order of its columns."""

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
        """The columns that say which click gets how much credit."""
        return self[2:11]


def credit_row(conversion: Conversion, credit: Credit) -> CreditRow:
    """The row of one credit of a conversion."""
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
