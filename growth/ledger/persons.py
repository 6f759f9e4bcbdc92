"""Brings persons up to date: loads their histories, derives what they are, saves what differs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from growth.database.statements import database
from growth.ledger.deriving import Attributed, derive
from growth.ledger.histories import Affected
from growth.ledger.loading import load, load_persons
from growth.ledger.records import Conversion, Person
from growth.ledger.statements import persons as statements
from growth.metrics.counters import REVISIONS

if TYPE_CHECKING:
    from growth.ledger.ledger import Ledger


def update_persons(affected: Mapping[str, Affected], ledger: Ledger) -> None:
    """Attribute anew the conversions that changes of facts may touch; `affected` is by owner."""
    persons: list[Person] = []
    found: list[Attributed] = []
    for history in load(load_persons(affected), affected, ledger.terms, ledger.rules):
        person, attributed = derive(history, ledger.terms, ledger.places_of)
        persons.append(person)
        found += attributed
    save_persons(persons, [each for each in found if each.is_new or not each.is_stored], ledger.now)


def save_persons(
    persons: Sequence[Person], changed: Sequence[Attributed], now: Callable[[], int]
) -> None:
    """Write persons, conversions and credits; each table in one go, in the order of its keys.

    A conversion whose credit changed gets its next revision. These are written last, under a lock,
    so that instants are in the order of commits: a reader who sees a change sees all changes with
    an earlier instant.
    """
    statements.UPSERT_PERSONS.run(sorted(each.row for each in persons))
    save_credits(changed)
    silent: list[Conversion] = []
    told: list[Attributed] = []
    for each in changed:
        if each.has_other_credit:
            told.append(each)
        else:
            silent.append(each.new)
    statements.UPSERT_CONVERSIONS.run(sorted(silent))
    REVISIONS.inc(len(told))
    if told:
        database.lock_changes()
        at = now()
        statements.UPSERT_CONVERSIONS.run(
            sorted(
                each.new._replace(revision=each.old.revision + 1, changed_at=at) for each in told
            )
        )


def save_credits(changed: Sequence[Attributed]) -> None:
    """Delete the credits that are not due any more, and write those that differ."""
    held = {row.key: row for each in changed for row in each.held}
    due = {row.key: row for each in changed for row in each.due}
    statements.DELETE_CREDITS.run(sorted(held.keys() - due.keys()))
    statements.UPSERT_CREDITS.run([due[key] for key in sorted(due) if held.get(key) != due[key]])


def forget_idle(taken: Sequence[Conversion]) -> None:
    """Delete the persons under whom nothing is filed any more."""
    statements.DELETE_IDLE.run(sorted({(each.owner,) for each in taken}))
