"""What a rebuild finds other than the facts say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from growth.database.statements import values
from growth.ledger.conversions import Verdict
from growth.ledger.credits import CreditRow

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not what the facts say; None where there is none, or should be none."""

    table: str
    key: tuple[object, ...]
    stored: Row | None
    derived: Row | None

    def __str__(self) -> str:
        where = f"{self.table} {' '.join(map(str, self.key))}"
        if self.stored is None or self.derived is None:
            return f"{where}: {'missing' if self.stored is None else 'not in the facts'}"
        told = [
            f"{name} is {self.stored[name]!r}, should be {value!r}"
            for name, value in self.derived.items()
            if value != self.stored[name]
        ]
        return f"{where}: {'; '.join(told)}"


Found = Iterator[Difference]


def told(verdict: Verdict) -> Found:
    """What a verdict finds other than it is stored."""
    old, new = verdict.old, verdict.new
    if old != new:
        yield Difference("conversions", (old.owner, old.digest), values(old), values(new))
    held, due = ({row[:4]: row for row in rows} for rows in (verdict.held, verdict.due))
    for each in sorted({**held, **due}):
        if held.get(each) != due.get(each):
            yield Difference("credits", each, as_row(held.get(each)), as_row(due.get(each)))


def as_row(credit: CreditRow | None) -> Row | None:
    return credit and credit._asdict()
