"""Updates persons: loads their histories, derives their conversions and credits, saves changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from growth.attribution.conversions import Terms
from growth.attribution.orders import PlacesOf
from growth.attribution.rules import Rules
from growth.database.statements import database
from growth.ledger.deriving import derive
from growth.ledger.histories import Affected, Attributed
from growth.ledger.loading import load, load_persons
from growth.ledger.records import Conversion, Person
from growth.ledger.statements import persons as statements
from growth.metrics import REVISIONS


def update_persons(
    affected: Mapping[str, Affected],
    rules: Rules,
    terms: Terms,
    places_of: PlacesOf,
    now: Callable[[], int],
) -> None:
    """Attribute anew all conversions that a batch may change.

    The keys of `affected` are owner keys.
    """
    persons: list[Person] = []
    found: list[Attributed] = []
    for history in load(load_persons(affected), affected, terms, rules):
        person, attributed = derive(history, terms, places_of)
        persons.append(person)
        found += attributed
    save_persons(persons, [each for each in found if each.is_new or not each.is_unchanged], now)


def save_persons(
    persons: Sequence[Person], changed: Sequence[Attributed], now: Callable[[], int]
) -> None:
    """Write persons, conversions and credits, each table in the order of its keys.

    A conversion whose credit changed gets its next revision. Revised conversions are written last,
    under a lock, so that `changed_at` follows the order of commits. A reader who sees a change
    also sees every change with an earlier `changed_at`.
    """
    statements.UPSERT_PERSONS.run(sorted(each.row for each in persons))
    save_credits(changed)
    silent: list[Conversion] = []
    revised: list[Attributed] = []
    for each in changed:
        if each.has_other_credit:
            revised.append(each)
        else:
            silent.append(each.new)
    statements.UPSERT_CONVERSIONS.run(sorted(silent))
    REVISIONS.inc(sum(each.old.revision > 0 for each in revised))
    if revised:
        database.lock_changes()
        at = now()
        statements.UPSERT_CONVERSIONS.run(
            sorted(
                each.new._replace(revision=each.old.revision + 1, changed_at=at) for each in revised
            )
        )


def save_credits(changed: Sequence[Attributed]) -> None:
    """Delete stored credits that are no longer due. Write credits that are new or changed."""
    held = {row.key: row for each in changed for row in each.held}
    due = {row.key: row for each in changed for row in each.due}
    statements.DELETE_CREDITS.run(sorted(held.keys() - due.keys()))
    statements.UPSERT_CREDITS.run([due[key] for key in sorted(due) if held.get(key) != due[key]])


def forget_idle(taken: Sequence[Conversion]) -> None:
    """Delete the persons who have no filed event any more."""
    statements.DELETE_IDLE.run(sorted({(each.owner,) for each in taken}))
