"""Deletes the facts of persons, and all rows derived from them (rule 12 of docs/attribution.md)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from peewee import chunked

from growth.attribution.facts import Event, owner_key, user, visitor
from growth.database.statements import database, delete_where, fields, values_of
from growth.database.tables import (
    ConversionRecord,
    DeviceRecord,
    EventRecord,
    PageviewRecord,
    PersonRecord,
    RemnantRecord,
    VisitRecord,
)
from growth.database.tables.mark import (
    announce,
    change_state,
    end_announced,
)
from growth.ledger.identity import load_identities, owners_of_events
from growth.ledger.ledger import Ledger
from growth.ledger.rejects import drop_rejects_of
from growth.maintenance.erased import remember_erased
from growth.maintenance.mending import mend_claims, mend_persons, mend_visits
from growth.maintenance.rebuild import Mend

Name = tuple[str, str]
"""A pair that names a user or a visitor: `user_id` or `fingerprint`, and the id."""

USER, VISITOR = "user_id", "fingerprint"

UNITS = 100
"""The number of visitors or persons to derive anew at once."""


class Erased(NamedTuple):
    """The number of erased facts, and the users and visitors that were not found."""

    facts: int
    unknown: list[Name]


def erase(ledger: Ledger, names: Sequence[Name], is_dry: bool = False) -> Erased:
    """Erase users and visitors with all their facts, in one transaction.

    If several users claimed a visitor, erasing one of the users deletes only the visits and events
    of this user. Erasing the visitor deletes all facts of the visitor. If `is_dry` is true, the
    transaction is rolled back.
    """
    if not is_dry:
        announce("erase", ledger.clock())
    with database.erasing(), database.atomic("EXCLUSIVE") as transaction:
        found = {each: erase_one(ledger, *each) for each in dict.fromkeys(names)}
        known = [each for each, (facts, rejects) in found.items() if facts or rejects]
        change_state()
        remember_erased(known, ledger.clock())
        end_announced()
        if is_dry:
            transaction.rollback()
    unknown = [each for each in found if each not in known]
    return Erased(sum(facts for facts, _ in found.values()), unknown)


def erase_one(ledger: Ledger, kind: str, name: str) -> tuple[int, int]:
    """Erase a user or a visitor; return the numbers of deleted facts and rejects."""
    rejects = drop_rejects_of(name)
    person = PersonRecord
    if kind == USER:
        delete_where(person, person.owner == user(name))
        return erase_user(ledger, name), rejects
    is_kept = person.is_kept & ((person.owner == visitor(name)) | (person.fingerprint == name))
    owners = values_of(person.owner, is_kept)
    delete_where(person, is_kept)
    return without(ledger, {name}, lambda: forget_visitor(name), owners), rejects


def erase_user(ledger: Ledger, user_id: str) -> int:
    devices = devices_claimed_by(user_id)

    def forget() -> int:
        delete_where(RemnantRecord, RemnantRecord.subject == user(user_id))
        delete_where(RemnantRecord, RemnantRecord.user_id == user_id)
        on_devices = sum(forget_on(device, user_id) for device in sorted(devices))
        return on_devices + delete_where(EventRecord, EventRecord.user_id == user_id)

    return without(ledger, devices, forget, {user(user_id)})


def without(
    ledger: Ledger, devices: set[str], forget: Callable[[], int], owners: Iterable[str] = ()
) -> int:
    """Call `forget`, which deletes facts; then derive anew all persons that this affects.

    `devices` are the fingerprints of visitors with deleted facts. `owners` are affected persons who
    may have no visit or conversion on these devices. Returns the number of deleted facts.

    If a user claims too many visitors, rule 6 limits the effect of the user's claims. If the
    deletion brings the number down to the limit, the claims have their full effect again. So all
    visitors of such a user are derived anew.
    """
    users = values_of(DeviceRecord.user_id, DeviceRecord.fingerprint.in_(devices))
    mistaken = mistaken_among(users)
    touched = owners_on(devices).union(owners)
    forgotten = forget()
    mend_all(mend_claims, map(visitor, devices), ledger)
    for user_id in mistaken - mistaken_among(mistaken):
        devices = devices | values_of(DeviceRecord.fingerprint, DeviceRecord.user_id == user_id)
    touched |= owners_on(devices)
    mend_all(mend_visits, map(visitor, devices), ledger)
    mend_all(mend_persons, touched | owners_on(devices), ledger)
    return forgotten


def mend_all(mending: Mend, units: Iterable[str], ledger: Ledger) -> None:
    for some in chunked(sorted(units), UNITS):
        deque(mending(some, ledger, True), maxlen=0)


def mistaken_among(users: set[str]) -> set[str]:
    """The members of `users` who claimed more than CLIENT_MISTAKE visitors."""
    known = load_identities((), users)
    return set(filter(known.is_mistaken, users))


def forget_visitor(fingerprint: str) -> int:
    """Delete all facts of a visitor."""
    delete_where(RemnantRecord, RemnantRecord.subject == visitor(fingerprint))
    return delete_where(PageviewRecord, PageviewRecord.fingerprint == fingerprint) + delete_where(
        EventRecord, EventRecord.subject == visitor(fingerprint)
    )


def forget_on(fingerprint: str, user_id: str) -> int:
    """Delete the facts of a user that came from a device.

    If no other user claimed the device, delete all facts from the device.
    """
    if not is_shared(fingerprint, user_id):
        return forget_visitor(fingerprint)
    page = PageviewRecord
    on_device = page.fingerprint == fingerprint
    owned = (VisitRecord.fingerprint == fingerprint) & (VisitRecord.user_id == user_id)
    events = anonymous_events(fingerprint, user(user_id))
    deleted = delete_where(page, on_device & (page.user_id == user_id))
    for visit in list(VisitRecord.select().where(owned)):
        within = page.created_at.between(visit.started_at, visit.last_at)
        deleted += delete_where(page, on_device & within & page.user_id.is_null())
    for event in events:
        same = (EventRecord.created_at == event.created_at) & (EventRecord.digest == event.digest)
        deleted += delete_where(EventRecord, (EventRecord.subject == event.subject) & same)
    return deleted


def devices_claimed_by(user_id: str) -> set[str]:
    """The visitors that a user claimed, and the visitors of the user's visits."""
    device, visit = DeviceRecord, VisitRecord
    found = values_of(device.fingerprint, device.user_id == user_id)
    return found | values_of(visit.fingerprint, visit.user_id == user_id)


def is_shared(fingerprint: str, user_id: str) -> bool:
    """Whether other users claimed the visitor, too."""
    device = DeviceRecord
    return bool(values_of(device.user_id, device.fingerprint == fingerprint) - {user_id})


def anonymous_events(fingerprint: str, owner: str) -> list[Event]:
    """The events of a visitor that have no user_id and belong to the person `owner`."""
    rows = EventRecord.select(*fields(EventRecord, of=Event)).where(
        EventRecord.subject == visitor(fingerprint), EventRecord.user_id.is_null()
    )
    events = [Event(*row) for row in rows.tuples()]
    owners = owners_of_events(events, load_identities([fingerprint]))
    return [event for event in events if owners[event.digest] == owner]


def owners_on(devices: set[str]) -> set[str]:
    """The persons with visits or conversions on the devices."""
    visit, conversion = VisitRecord, ConversionRecord
    visits = visit.select(visit.fingerprint, visit.user_id).where(visit.fingerprint.in_(devices))
    found = {owner_key(*each) for each in visits.distinct().tuples()}
    return found | values_of(conversion.owner, conversion.fingerprint.in_(devices))
