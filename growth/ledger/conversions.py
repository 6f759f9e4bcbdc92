"""The conversions as they are stored: filed under their persons, and written when they change."""

from __future__ import annotations

from dataclasses import dataclass, replace

from growth.attribution.facts import Event
from growth.database.statements import values
from growth.database.tables import conversion as conversions
from growth.database.tables import person as people
from growth.ledger.changes import Changes
from growth.ledger.credits import CreditRow
from growth.ledger.sums import begin


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
    held: list[CreditRow]
    due: list[CreditRow]

    @property
    def differs(self) -> bool:
        return self.new != self.old or self.has_other_rows

    @property
    def has_other_rows(self) -> bool:
        return self.held != self.due

    @property
    def has_other_credit(self) -> bool:
        """Whether other clicks get it, or get other shares, than is held."""
        return [row.sharing for row in self.held] != [row.sharing for row in self.due]

    def write(self, changes: Changes) -> None:
        """Write what changed; a conversion whose credit changed gets its next revision, and is
        left to the end of the transaction.
        """
        new = self.new
        if self.has_other_rows:
            conversions.DELETE_CREDITS.run(owner=new.owner, conversion=new.digest)
            conversions.INSERT_CREDIT.run_many(row._asdict() for row in self.due)
        if self.has_other_credit or new.is_conversion != self.old.is_conversion:
            changes.rows.append(values(replace(new, revision=new.revision + 1)))
        elif new != self.old:
            conversions.UPSERT.execute(values(new))


def file(event: Event, owner: str) -> list[str]:
    """Put an event under its owner; return the owners to attribute anew from its instant."""
    row = conversions.BY_DIGEST.row(digest=event.digest)
    if row is None:
        about = event.fingerprint, event.fact_id, event.value, event.currency
        write(Conversion(owner, event.created_at, event.digest, event.name, *about))
        return [owner]
    old = Conversion(*row)
    if old.owner == owner:
        return []
    remove(old)
    write(replace(old, owner=owner))
    return [old.owner, owner]


def write(conversion: Conversion) -> None:
    """Put a conversion in, and the sums of its person with the first."""
    conversions.UPSERT.execute(values(conversion))
    begin(conversion.owner)


def filed_under(event: Event) -> str | None:
    """The owner that an event is filed under, or None."""
    row = conversions.BY_DIGEST.row(digest=event.digest)
    return Conversion(*row).owner if row else None


def credits_held(conversion: Conversion) -> list[CreditRow]:
    """The credits of a conversion as they are stored, in the order of their keys."""
    rows = conversions.CREDITS_OF.rows(owner=conversion.owner, conversion=conversion.digest)
    return [CreditRow(*row) for row in rows]


def remove(conversion: Conversion) -> None:
    """Take a conversion and its credits out, and the sums of its person with the last."""
    conversions.DELETE_CREDITS.run(owner=conversion.owner, conversion=conversion.digest)
    conversions.DELETE.execute(values(conversion))
    people.DELETE_IDLE.run(owner=conversion.owner)
