"""Keeps remnants: the parts of purged facts that other facts still depend on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from peewee import fn

from growth.attribution.conversions import STATES
from growth.attribution.facts import is_lead, visitor
from growth.database.statements import delete_where, exists, replace
from growth.database.tables import (
    ClaimRecord,
    ConversionRecord,
    EventRecord,
    PageviewRecord,
    RemnantRecord,
    VisitRecord,
)


def last_purged(fingerprint: str, before: int) -> tuple[int, str] | None:
    """The end and the user of the last of a visitor's visits that began before an instant.

    The user is '' if the visit belongs to no user.
    """
    row = (
        VisitRecord.select(VisitRecord.last_at, VisitRecord.user_id)
        .where(VisitRecord.fingerprint == fingerprint, VisitRecord.started_at < before)
        .order_by(VisitRecord.started_at.desc(), VisitRecord.tie.desc())
        .tuples()
        .first()
    )
    is_claimed = row and not (is_lead(fingerprint) and row[1] == fingerprint)
    return row and (row[0], (is_claimed and row[1]) or "")


def remembered_claims(fingerprint: str, horizon: int, young: int) -> set[tuple[int, str]]:
    """The claims on a visitor that a purge has to keep as remnants.

    The purge deletes events before `young`, and visits before `horizon`, which is earlier. The
    owners of the later visits still depend on claims in deleted events: on each user's latest claim
    before `horizon`, and on all claims between `horizon` and `young`.
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
    """Store remnants of a visitor: `claims`, and the end and user of the last purged visit, `seen`.

    If the visitor has no facts left, delete all remnants of the visitor instead.
    """
    subject = visitor(fingerprint)
    claim_remnants = (RemnantRecord.subject == subject) & (RemnantRecord.kind == "claim")
    delete_where(RemnantRecord, claim_remnants)
    if not has_facts(fingerprint):
        delete_where(RemnantRecord, RemnantRecord.subject == subject)
        return
    for created_at, user_id in claims:
        remember(subject, "claim", created_at, user_id)
    if seen is not None:
        keep_latest(subject, "visit", *seen)


def has_facts(fingerprint: str) -> bool:
    """Whether a visitor has a pageview or an event."""
    return exists(PageviewRecord, PageviewRecord.fingerprint == fingerprint) or exists(
        EventRecord, EventRecord.subject == visitor(fingerprint)
    )


def keep_states(is_going: Any) -> None:
    """Before conversions are purged, store as remnants the states that they gave to persons.

    A state is signup, trial or unsubscribe. A remnant has the time of the person's latest purged
    conversion with this state. `is_going` is an SQL condition that selects the conversions that
    are to be purged.
    """
    record = ConversionRecord
    rows = (
        record.select(record.owner, record.event, fn.MAX(record.occurred_at))
        .where(is_going, record.event.in_(STATES))
        .group_by(record.owner, record.event)
        .tuples()
    )
    for owner, state, occurred_at in list(rows):
        keep_latest(owner, state, occurred_at)


def keep_latest(subject: str, kind: str, created_at: int, user_id: str = "") -> None:
    """Store a remnant, and delete the subject's earlier remnants of the same kind.

    If the subject has a later remnant of the same kind, change nothing.
    """
    held = (RemnantRecord.subject == subject) & (RemnantRecord.kind == kind)
    if exists(RemnantRecord, held & (RemnantRecord.created_at > created_at)):
        return
    delete_where(RemnantRecord, held)
    remember(subject, kind, created_at, user_id)


def remember(subject: str, kind: str, created_at: int, user_id: str) -> None:
    row = {"subject": subject, "kind": kind, "user_id": user_id, "created_at": created_at}
    replace(RemnantRecord, row)
