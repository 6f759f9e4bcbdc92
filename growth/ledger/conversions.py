"""The conversions as they are stored: filed under their persons, and written when they change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from growth.attribution.conversions import Credit
from growth.attribution.credit import SINGLE_CLICK
from growth.attribution.facts import DAY, Event
from growth.ledger.sums import names_of, origin_id
from growth.models import CreditRecord
from growth.models import conversion as conversions
from growth.models.base import fields, values

CLICK = [field.name for field in fields(CreditRecord)].index("click") + 1
"""The columns of a credit up to its click; those that follow repeat what reports need."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """A row of the conversions: an event that counts, once did, or decides a person's state."""

    owner: str
    occurred_at: int
    digest: str
    event: str
    fingerprint: str | None
    fact_id: str | None
    value: int | None
    currency: str | None
    is_conversion: bool = False
    from_trial: bool = False
    visits_before: int = 0
    pages_before: int = 0
    revision: int = 0
    changed_at: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """A conversion as stored and as it is; the rows of its credits as held and as due."""

    old: Conversion
    new: Conversion
    held: list[tuple[Any, ...]]
    due: list[dict[str, Any]]

    @property
    def differs(self) -> bool:
        return self.new != self.old or self.has_other_rows

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """What is due, as it is held."""
        return sorted(tuple(row.values()) for row in self.due)

    @property
    def has_other_rows(self) -> bool:
        return self.held != self.rows

    @property
    def has_other_credit(self) -> bool:
        """Whether other clicks get it, or get other shares, than is held."""
        return [row[:CLICK] for row in self.held] != [row[:CLICK] for row in self.rows]

    def write(self, now: int) -> None:
        """Write what changed; a conversion whose credit changed gets its next revision."""
        new = self.new
        if self.has_other_rows:
            conversions.DELETE_CREDITS.run(owner=new.owner, conversion=new.digest)
            for row in self.due:
                conversions.INSERT_CREDIT.execute(row)
        if self.has_other_credit or new.is_conversion != self.old.is_conversion:
            new = replace(new, revision=self.old.revision + 1, changed_at=now)
        if new != self.old:
            conversions.UPSERT.execute(values(new))


def file(event: Event, owner: str) -> list[str]:
    """Put an event under its owner; return the owners to attribute anew from its instant."""
    row = conversions.BY_DIGEST.row(digest=event.digest)
    if row is None:
        about = event.fingerprint, event.fact_id, event.value, event.currency
        new = Conversion(owner, event.created_at, event.digest, event.name, *about)
        conversions.UPSERT.execute(values(new))
        return [owner]
    old = Conversion(*row)
    if old.owner == owner:
        return []
    remove(old)
    conversions.UPSERT.execute(values(replace(old, owner=owner)))
    return [old.owner, owner]


def filed_under(event: Event) -> str | None:
    """The owner that an event is filed under, or None."""
    row = conversions.BY_DIGEST.row(digest=event.digest)
    return Conversion(*row).owner if row else None


def remove(conversion: Conversion) -> None:
    """Take a conversion and its credits out."""
    conversions.DELETE_CREDITS.run(owner=conversion.owner, conversion=conversion.digest)
    conversions.DELETE.execute(values(conversion))


def columns_of(conversion: Conversion, credit: Credit) -> dict[str, Any]:
    """The row of a credit, its columns in their order."""
    click = credit.click
    return {
        "owner": conversion.owner,
        "conversion": conversion.digest,
        "model": credit.model,
        "position": credit.position,
        "event": conversion.event,
        "occurred_at": conversion.occurred_at,
        "credit": credit.credit,
        "revenue": credit.revenue,
        "fingerprint": click and click.fingerprint,
        "started_at": click and click.started_at,
        "click": click and click.digest,
        "day": conversion.occurred_at // DAY,
        "origin": click and origin_id(names_of(click)),
        "country": click and click.country,
        "currency": conversion.currency,
        "from_trial": conversion.from_trial,
        "pages_before": conversion.pages_before if credit.model in SINGLE_CLICK else None,
    }
