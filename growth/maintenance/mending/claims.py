"""Mends the table of claims, and the table of devices: who ever claimed which visitor."""

from __future__ import annotations

from collections.abc import Sequence

from growth.attribution.facts import fingerprint_of, visitor
from growth.database.tables import (
    ClaimRecord,
    DeviceRecord,
    EventRecord,
    PageviewRecord,
    RemnantRecord,
)
from growth.ledger.ledger import Ledger
from growth.maintenance.differences import Found, Row, dicts_of, mend_rows


def mend_claims(subjects: Sequence[str], ledger: Ledger, write: bool) -> Found:
    """Compare the stored claims on visitors with the facts. With `write`, correct the claims.

    Users among the subjects are ignored, because a claim is always on a visitor.
    """
    visitors = [name for each in subjects if (name := fingerprint_of(each)) is not None]
    claim, device = ClaimRecord, DeviceRecord
    columns = claim.fingerprint, claim.created_at, claim.user_id
    stored = claim.select(*columns).where(claim.fingerprint.in_(visitors))
    derived = claimed(visitors)
    yield from mend_rows(claim, dicts_of(stored), derived, write)
    pairs = {(row["user_id"], row["fingerprint"]) for row in derived}
    due = [{"user_id": user_id, "fingerprint": fingerprint} for user_id, fingerprint in pairs]
    known = device.select().where(device.fingerprint.in_(visitors))
    yield from mend_rows(device, dicts_of(known), due, write)


def claimed(visitors: Sequence[str]) -> list[Row]:
    """The claims in the visitors' facts, and the claims of purged facts, which are remnants."""
    pages, events, left = PageviewRecord, EventRecord, RemnantRecord
    subjects = {visitor(each): each for each in visitors}
    of_pages = pages.select(pages.fingerprint, pages.created_at, pages.user_id).where(
        pages.fingerprint.in_(visitors), pages.user_id.is_null(False), ~pages.is_bot
    )
    of_events = events.select(events.fingerprint, events.created_at, events.user_id).where(
        events.subject.in_(list(subjects)), events.user_id.is_null(False)
    )
    of_remnants = left.select(left.subject, left.created_at, left.user_id).where(
        left.subject.in_(list(subjects)), left.kind == "claim"
    )
    remembered = [(subjects[subject], *more) for subject, *more in of_remnants.tuples()]
    found = {*of_pages.tuples(), *of_events.tuples(), *remembered}
    names = ("fingerprint", "created_at", "user_id")
    return [dict(zip(names, each, strict=True)) for each in found]
