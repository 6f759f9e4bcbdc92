"""Mends persons: their conversions, credits and totals."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import starmap
from typing import Any

from growth.attribution.facts import BEGINNING, END
from growth.database.statements import fields
from growth.database.tables import ConversionRecord, CreditRecord, EventRecord, PersonRecord
from growth.ledger.counting import load_seen_in_all
from growth.ledger.deriving import derive
from growth.ledger.filing import take
from growth.ledger.histories import Affected
from growth.ledger.ledger import Ledger
from growth.ledger.loading import load
from growth.ledger.persons import save_persons
from growth.ledger.records import Conversion, Person, person_of, subject_of
from growth.maintenance.differences import Difference, Found, dicts_of, differences_of


def mend_persons(owners: Sequence[str], ledger: Ledger, write: bool) -> Found:
    """Attribute all conversions of the persons anew, and compare the result with the stored rows.

    With `write`, correct the stored rows.
    """
    yield from delete_strays(owners, write)
    yield from delete_stray_credits(owners, write)
    stored = {each.owner: each for each in stored_persons(owners)}
    persons = whole_persons(owners, stored)
    affected = {owner: everything() for owner in persons}
    changed, found = [], []
    for history in load(persons, affected, ledger.terms, ledger.rules):
        person, attributed = derive(history, ledger.terms, ledger.places_of)
        if stored.get(person.owner) != person:
            changed.append(person)
        found += [each for each in attributed if not each.is_unchanged]
    for person in changed:
        yield person_difference(stored.get(person.owner), person)
    for idle in sorted(stored.keys() - persons.keys()):
        yield person_difference(stored[idle], None)
    for each in found:
        yield from differences_of(each)
    if write:
        save_persons(changed, found, ledger.now)
        PersonRecord.delete().where(
            PersonRecord.owner.in_(stored.keys() - persons.keys())
        ).execute()


def everything() -> Affected:
    return Affected(BEGINNING, END, clicks_moved=True, states_moved=True)


def whole_persons(owners: Sequence[str], stored: dict[str, Person]) -> dict[str, Person]:
    """The persons among `owners` who must have a row in the table of persons.

    These persons have filed events, or a purge kept the click that acquired them. Their totals are
    computed from their visits.
    """
    rows = ConversionRecord.select(ConversionRecord.owner).where(ConversionRecord.owner.in_(owners))
    filed = {owner for (owner,) in rows.distinct().tuples()}
    filed |= {owner for owner, person in stored.items() if person.is_kept}
    seen = load_seen_in_all(sorted(filed))
    kept = {owner: stored[owner] for owner in filed & stored.keys() if stored[owner].is_kept}
    return {
        owner: Person(owner, *seen[owner], kept[owner].acquisition, True)
        if owner in kept
        else Person(owner, *seen[owner])
        for owner in filed
    }


def stored_persons(owners: Sequence[str]) -> list[Person]:
    rows = PersonRecord.select(*fields(PersonRecord)).where(PersonRecord.owner.in_(owners))
    return [person_of(row) for row in rows.tuples()]


def person_difference(old: Person | None, new: Person | None) -> Difference:
    one: Any = old or new
    held, due = (dict(zip(COLUMNS, each.row, strict=True)) if each else None for each in (old, new))
    return Difference("persons", (one.owner,), held, due)


COLUMNS = [field.name for field in fields(PersonRecord)]


def delete_strays(owners: Sequence[str], write: bool) -> Found:
    """Yield the persons' conversions that have no stored event. With `write`, delete them."""
    rows = ConversionRecord.select(*fields(ConversionRecord)).where(
        ConversionRecord.owner.in_(owners)
    )
    filed = list(starmap(Conversion, rows.tuples()))
    subjects = {subject_of(each) for each in filed}
    event = EventRecord
    known = event.select(event.subject, event.created_at, event.digest).where(
        event.subject.in_(subjects), event.digest.in_([each.digest for each in filed])
    )
    stored = set(known.tuples())
    strays = [
        each for each in filed if (subject_of(each), each.occurred_at, each.digest) not in stored
    ]
    for stray in strays:
        yield Difference("conversions", (stray.owner, stray.digest), stray._asdict(), None)
    if write:
        take(strays)


def delete_stray_credits(owners: Sequence[str], write: bool) -> Found:
    """Yield the persons' credits that have no conversion. With `write`, delete them."""
    conversion, credit = ConversionRecord, CreditRecord
    known = conversion.select(conversion.digest).where(conversion.owner == credit.owner)
    stray = credit.owner.in_(owners) & credit.conversion.not_in(known)
    for row in dicts_of(credit.select().where(stray)):
        yield Difference("credits", (row["owner"], row["conversion"], row["model"]), row, None)
    if write:
        credit.delete().where(stray).execute()
