"""Rule 12, second half: lets facts of age go; what stays keeps its credit."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from peewee import PeeweeException, fn

from growth.attribution.conversions import STATES
from growth.attribution.facts import DAY, visitor
from growth.erasure import delete, owners_of, values_of, without
from growth.ledger import Ledger
from growth.models import (
    ClaimRecord,
    ConversionRecord,
    EventRecord,
    PageviewRecord,
    RemnantRecord,
    VisitRecord,
)
from growth.models import remnant as remnants
from growth.models.base import database
from growth.units import SUBJECTS

log = logging.getLogger(__name__)

SUBJECTS_AT_ONCE = 50
"""Subjects that one transaction purges, so that the server's writes need not wait long."""

PURGE_SECONDS = 24 * 60 * 60
"""How often the server purges."""


@dataclass(frozen=True, slots=True)
class Retention:
    """For how long facts are kept, in microseconds: pageviews for the lookback longer."""

    events: int
    pageviews: int


def retention(retention_days: int, lookback_days: int) -> Retention | None:
    """None when all is kept."""
    if not retention_days:
        return None
    return Retention(retention_days * DAY, (retention_days + lookback_days) * DAY)


def purge(ledger: Ledger, kept: Retention, progress: Callable[[int], None]) -> int:
    """Delete what is older than is kept, a few subjects at a time; return how many facts went."""
    now = ledger.clock()
    purged, after = 0, ""
    while chunk := SUBJECTS.after(after, SUBJECTS_AT_ONCE):
        with database.atomic("IMMEDIATE"):
            purged += sum(purge_subject(ledger, each, kept, now) for each in chunk)
        progress(len(chunk))
        after = chunk[-1]
    return purged


def purge_subject(ledger: Ledger, subject: str, kept: Retention, now: int) -> int:
    """Delete a subject's facts of age; leave remnants where what stays depends on them."""
    old_events = (EventRecord.subject == subject) & (EventRecord.created_at < now - kept.events)
    if not subject.startswith("v:"):
        if not exists(EventRecord, old_events):
            return 0
        return purge_facts(ledger, set(), old_events, lambda: delete(EventRecord, old_events))
    fingerprint, horizon = subject[2:], now - kept.pageviews
    old_pages = PageviewRecord.fingerprint == fingerprint
    old_pages &= PageviewRecord.created_at < first_kept(fingerprint, horizon)
    if not exists(EventRecord, old_events) and not exists(PageviewRecord, old_pages):
        return 0

    def forget() -> int:
        claims = remembered_claims(fingerprint, horizon, now - kept.events)
        seen = last_purged(fingerprint, first_kept(fingerprint, horizon))
        deleted = delete(EventRecord, old_events) + delete(PageviewRecord, old_pages)
        leave_remnants(fingerprint, claims, seen)
        return deleted

    return purge_facts(ledger, {fingerprint}, old_events, forget)


def purge_facts(
    ledger: Ledger, devices: set[str], old_events: Any, forget: Callable[[], int]
) -> int:
    """Let `forget` delete; persons keep their states for as long as any fact of theirs is left."""
    gone = EventRecord.select(EventRecord.digest).where(old_events)
    persons = values_of(ConversionRecord.owner, ConversionRecord.digest.in_(gone))
    persons |= owners_of(devices)
    keep_states(gone)
    deleted = without(ledger, devices, forget, persons)
    for owner in persons:
        if is_gone(owner):
            delete(RemnantRecord, RemnantRecord.subject == owner)
    return deleted


def first_kept(fingerprint: str, horizon: int) -> int:
    """The instant from which a visitor's pages stay: visits go whole, once they ended long ago."""
    ongoing = (VisitRecord.fingerprint == fingerprint) & (VisitRecord.last_at >= horizon)
    began: int | None = VisitRecord.select(fn.MIN(VisitRecord.started_at)).where(ongoing).scalar()
    return horizon if began is None else min(began, horizon)


def last_purged(fingerprint: str, before: int) -> tuple[int, str] | None:
    """When the last of the visits that began before the instant ended, and its user or ''."""
    row = (
        VisitRecord.select(VisitRecord.last_at, VisitRecord.owner)
        .where(VisitRecord.fingerprint == fingerprint, VisitRecord.started_at < before)
        .order_by(VisitRecord.started_at.desc(), VisitRecord.tie.desc())
        .tuples()
        .first()
    )
    return row and (row[0], row[1][2:] if row[1].startswith("u:") else "")


def remembered_claims(fingerprint: str, horizon: int, young: int) -> set[tuple[int, str]]:
    """The claims on a visitor that decide about visits that stay.

    Those within the time of the visits kept, and of each user the latest before it.
    """
    rows = (
        ClaimRecord.select(ClaimRecord.created_at, ClaimRecord.user_id)
        .where(ClaimRecord.fingerprint == fingerprint, ClaimRecord.created_at < young)
        .order_by(ClaimRecord.created_at)
        .tuples()
    )
    claims = list(rows)
    latest = {user_id: created_at for created_at, user_id in claims if created_at < horizon}
    return {claim for claim in claims if claim[0] >= horizon or latest[claim[1]] == claim[0]}


def leave_remnants(
    fingerprint: str, claims: Iterable[tuple[int, str]], seen: tuple[int, str] | None
) -> None:
    """Remember what is needed of a visitor; nothing, if no fact of it is left."""
    subject = visitor(fingerprint)
    claim_remnants = (RemnantRecord.subject == subject) & (RemnantRecord.kind == "claim")
    delete(RemnantRecord, claim_remnants)
    if not exists(PageviewRecord, PageviewRecord.fingerprint == fingerprint) and not exists(
        EventRecord, EventRecord.subject == subject
    ):
        delete(RemnantRecord, RemnantRecord.subject == subject)
        return
    for created_at, user_id in claims:
        remnants.INSERT.run(subject=subject, kind="claim", user_id=user_id, created_at=created_at)
    if seen is not None:
        keep_latest(subject, "visit", *seen)


def keep_states(gone: Any) -> None:
    """Remember the states that events which go put persons into."""
    record = ConversionRecord
    rows = (
        record.select(record.owner, record.event, fn.MAX(record.occurred_at))
        .where(record.digest.in_(gone), record.event.in_(STATES))
        .group_by(record.owner, record.event)
        .tuples()
    )
    for owner, state, occurred_at in list(rows):
        keep_latest(owner, state, occurred_at)


def keep_latest(subject: str, kind: str, created_at: int, user_id: str = "") -> None:
    row = remnants.LATEST.row(subject=subject, kind=kind)
    if row and row[0] > created_at:
        return
    delete(RemnantRecord, (RemnantRecord.subject == subject) & (RemnantRecord.kind == kind))
    remnants.INSERT.run(subject=subject, kind=kind, user_id=user_id, created_at=created_at)


def is_gone(owner: str) -> bool:
    """Whether no fact of the person is left."""
    events = EventRecord.subject == owner
    if owner.startswith("u:"):
        events = EventRecord.user_id == owner[2:]
    return not (
        exists(VisitRecord, VisitRecord.owner == owner)
        or exists(ConversionRecord, ConversionRecord.owner == owner)
        or exists(EventRecord, events)
    )


def exists(record: Any, condition: Any) -> bool:
    return bool(record.select().where(condition).exists())


class DailyPurge(threading.Thread):
    """Purges while the server runs, once at the start and then once a day."""

    def __init__(self, ledger: Ledger, kept: Retention) -> None:
        super().__init__(name="purge", daemon=True)
        self.ledger = ledger
        self.kept = kept

    def run(self) -> None:
        while True:
            self.purge()
            time.sleep(PURGE_SECONDS)

    def purge(self) -> None:
        try:
            with database.connection_context():
                log.info("purged %d facts", purge(self.ledger, self.kept, lambda done: None))
        except PeeweeException as ex:
            log.error("the purge failed and will be tried again: %s", ex)
