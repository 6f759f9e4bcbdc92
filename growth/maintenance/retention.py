"""Deletes old facts (rule 12 of docs/attribution.md). Remaining conversions keep their credit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from peewee import fn

from growth.attribution.conversions import STATES
from growth.attribution.facts import DAY, fingerprint_of, user_of
from growth.database.statements import delete_where, exists, values_of
from growth.database.tables import (
    ConversionRecord,
    EventRecord,
    PageviewRecord,
    PersonRecord,
    RemnantRecord,
    VisitRecord,
)
from growth.database.tables.mark import announce, change_state, end_announced
from growth.ledger.counting import load_seen_in_all
from growth.ledger.ledger import Ledger
from growth.maintenance.erasure import owners_on, without
from growth.maintenance.remnants import keep_states, last_purged, leave_remnants, remembered_claims
from growth.maintenance.turns import in_turns
from growth.maintenance.twins import delete_twins, twins_of
from growth.maintenance.units import SUBJECTS

SUBJECTS_AT_ONCE = 50
"""The number of subjects to read at a time."""


@dataclass(frozen=True, slots=True)
class Retention:
    """The ages up to which events and pageviews are kept, in microseconds.

    Pageviews are kept longer than events. The difference is the lookback window.
    """

    events: int
    pageviews: int


def retention(retention_days: int, lookback_days: int) -> Retention | None:
    """The retention that the settings ask for. None if all facts are kept."""
    if not retention_days:
        return None
    return Retention(retention_days * DAY, (retention_days + lookback_days) * DAY)


def purge(ledger: Ledger, kept: Retention, progress: Callable[[int], None]) -> int:
    """Delete old facts in short transactions; return the number of deleted facts.

    `progress` is called with the number of subjects that were read since its last call.
    """
    now = ledger.clock()
    purged, after = 0, ""

    def work(subject: str) -> None:
        nonlocal purged
        purged += purge_subject(ledger, subject, kept, now)
        change_state()

    while chunk := SUBJECTS.after(after, SUBJECTS_AT_ONCE):
        announce("purge", now)
        old = [subject for subject in chunk if has_old_facts(subject, kept, now)]
        for _ in in_turns(old, work):
            pass
        progress(len(chunk))
        after = chunk[-1]
    end_announced()
    return purged


def old_facts(kept: Retention, now: int) -> tuple[int, int]:
    """The approximate number of facts that a purge would delete, and the number of all facts."""
    visits, pages, events = VisitRecord, PageviewRecord, EventRecord
    of_visits = visits.select(fn.SUM(visits.pageviews)).where(visits.last_at < now - kept.pageviews)
    of_events = events.select().where(events.created_at < now - kept.events)
    return (of_visits.scalar() or 0) + of_events.count(), (
        pages.select().count() + events.select().count()
    )


def old_events(subject: str, kept: Retention, now: int) -> Any:
    return (EventRecord.subject == subject) & (EventRecord.created_at < now - kept.events)


def old_pages(fingerprint: str, begin: int) -> Any:
    return (PageviewRecord.fingerprint == fingerprint) & (PageviewRecord.created_at < begin)


def has_old_facts(subject: str, kept: Retention, now: int) -> bool:
    """Whether a purge would delete facts of the subject."""
    if exists(EventRecord, old_events(subject, kept, now)):
        return True
    if (fingerprint := fingerprint_of(subject)) is None:
        return False
    begin = first_kept(fingerprint, now - kept.pageviews)
    return exists(PageviewRecord, old_pages(fingerprint, begin))


def purge_subject(ledger: Ledger, subject: str, kept: Retention, now: int) -> int:
    """Delete a subject's old facts. Store as remnants what the remaining facts depend on."""
    events = old_events(subject, kept, now)
    if (fingerprint := fingerprint_of(subject)) is None:
        return purge_facts(ledger, set(), events, lambda: delete_where(EventRecord, events))
    horizon = now - kept.pageviews
    begin = first_kept(fingerprint, horizon)
    pages = old_pages(fingerprint, begin)

    def forget() -> int:
        claims = remembered_claims(fingerprint, horizon, now - kept.events)
        seen = last_purged(fingerprint, begin)
        deleted = delete_where(EventRecord, events) + delete_where(PageviewRecord, pages)
        leave_remnants(fingerprint, claims, seen)
        return deleted

    return purge_facts(ledger, {fingerprint}, events, forget)


def purge_facts(ledger: Ledger, devices: set[str], events: Any, forget: Callable[[], int]) -> int:
    """Call `forget`, which deletes facts; then derive anew all persons that this affects.

    `devices` are the fingerprints of visitors with deleted facts. `events` is an SQL condition that
    selects the deleted events. If such an event belongs to an order, all events of the order are
    deleted. A person's state is kept until the last of the person's facts is deleted.
    """
    old = EventRecord.select(EventRecord.digest).where(events)
    twins = twins_of(old)
    digest = ConversionRecord.digest
    is_going = digest.in_(old) | digest.in_([each.digest for each in twins])
    devices = devices | {each.fingerprint for each in twins if each.fingerprint is not None}
    keep_acquisitions(is_going)
    persons = values_of(ConversionRecord.owner, is_going) | owners_on(devices)
    keep_states(is_going)
    deleted = without(ledger, devices, lambda: delete_twins(twins) + forget(), persons)
    for owner in persons:
        if is_gone(owner):
            states = RemnantRecord.kind.in_(STATES)
            delete_where(RemnantRecord, (RemnantRecord.subject == owner) & states)
            delete_where(PersonRecord, PersonRecord.owner == owner)
    return deleted


def keep_acquisitions(is_going: Any) -> None:
    """If a person's first conversion is purged, keep the click that acquired the person.

    `is_going` is an SQL condition that selects the conversions to purge.
    """
    conversion, person = ConversionRecord, PersonRecord
    firsts = conversion.select(conversion.owner).where(
        is_going,
        conversion.is_conversion,
        conversion.owner == person.owner,
        conversion.occurred_at == person.acquired_at,
    )
    person.update(is_kept=True).where(person.owner.in_(firsts)).execute()


def first_kept(fingerprint: str, horizon: int) -> int:
    """The instant from which a visitor's pageviews are kept.

    This is `horizon`, except if a visit was going on then. In this case, it is the start of the
    visit, because a visit is purged as a whole.
    """
    ongoing = (VisitRecord.fingerprint == fingerprint) & (VisitRecord.last_at >= horizon)
    began: int | None = VisitRecord.select(fn.MIN(VisitRecord.started_at)).where(ongoing).scalar()
    return horizon if began is None else min(began, horizon)


def is_gone(owner: str) -> bool:
    """Whether all facts of the person are deleted."""
    events = EventRecord.subject == owner
    if (user_id := user_of(owner)) is not None:
        events = EventRecord.user_id == user_id
    visits, _ = load_seen_in_all([owner])[owner]
    return not (
        visits
        or exists(ConversionRecord, ConversionRecord.owner == owner)
        or exists(EventRecord, events)
    )
