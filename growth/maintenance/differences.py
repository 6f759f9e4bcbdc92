"""Finds, shows and corrects differences between stored and derived rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from growth.database.statements import key
from growth.ledger.histories import Attributed

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference between a stored row and the row derived from the facts.

    `stored` is None if the table lacks the row. `derived` is None if the facts do not yield the
    row.
    """

    table: str
    key: tuple[object, ...]
    stored: Row | None
    derived: Row | None

    def __str__(self) -> str:
        where = f"{self.table} {' '.join(map(str, self.key))}"
        if self.stored is None or self.derived is None:
            return f"{where}: {'missing' if self.stored is None else 'should not exist'}"
        changed = [
            f"{name} is {self.stored[name]!r}, should be {value!r}"
            for name, value in self.derived.items()
            if value != self.stored[name]
        ]
        return f"{where}: {'; '.join(changed)}"


Found = Iterator[Difference]


def differences_of(attributed: Attributed) -> Found:
    """The differences between the stored and the derived rows of a conversion and its credits."""
    old, new = attributed.old, attributed.new
    if old != new:
        yield Difference("conversions", (old.owner, old.digest), old._asdict(), new._asdict())
    held, due = ({row.key: row for row in rows} for rows in (attributed.held, attributed.due))
    for each in sorted({**held, **due}):
        if held.get(each) != due.get(each):
            before, after = (rows[each]._asdict() if each in rows else None for rows in (held, due))
            yield Difference("credits", each, before, after)


def mend_rows(record: Any, stored: Iterable[Row], derived: Iterable[Row], write: bool) -> Found:
    """Yield the differences between `stored` and `derived` rows of a table.

    With `write`, also correct the stored rows.
    """
    names = [field.name for field in key(record) if field.name != "slot"]
    old, new = ({tuple(row[n] for n in names): row for row in rows} for rows in (stored, derived))
    for each in sorted({**old, **new}):
        if old.get(each) == new.get(each):
            continue
        yield Difference(record.table, each, old.get(each), new.get(each))
        if write:
            same = [getattr(record, n) == value for n, value in zip(names, each, strict=True)]
            record.delete().where(*same).execute()
        if write and each in new:
            record.insert(new[each]).execute()


def dicts_of(query: Any) -> list[Row]:
    return list(query.dicts())
