"""Rule 12: if one event of an order is purged, so are all events and refunds of the order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from growth.attribution.facts import visitor
from growth.database.statements import delete_where
from growth.database.tables import ConversionRecord, EventRecord, RemnantRecord
from growth.maintenance.remnants import has_facts, remember


class Twin(NamedTuple):
    """An event of an order: its key, and its visitor and user."""

    created_at: int
    digest: str
    fingerprint: str | None
    user_id: str | None


def twins_of(gone: Any) -> list[Twin]:
    """All events in the same order as a purged event. `gone` selects the purged events' digests."""
    record, twin, event = ConversionRecord, ConversionRecord.alias(), EventRecord
    is_twin = (twin.owner == record.owner) & (twin.order_id == record.order_id)
    is_event = (event.created_at == twin.occurred_at) & (event.digest == twin.digest)
    rows = (
        record.select(event.created_at, event.digest, event.fingerprint, event.user_id)
        .join(twin, on=is_twin)
        .join(event, on=is_event)
        .where(record.digest.in_(gone))
        .distinct()
        .tuples()
    )
    return [Twin(*row) for row in rows]


def delete_twins(twins: Sequence[Twin]) -> int:
    """Delete the events. Return how many were deleted.

    If the visitor of a deleted event has facts left, the event's claim is stored as a remnant.
    """
    event, deleted = EventRecord, 0
    for each in twins:
        is_same = (event.created_at == each.created_at) & (event.digest == each.digest)
        deleted += delete_where(event, is_same)
    for fingerprint in {each.fingerprint for each in twins if each.fingerprint is not None}:
        subject = visitor(fingerprint)
        if not has_facts(fingerprint):
            delete_where(RemnantRecord, RemnantRecord.subject == subject)
            continue
        for each in twins:
            if each.fingerprint == fingerprint and each.user_id is not None:
                remember(subject, "claim", each.created_at, each.user_id)
    return deleted
