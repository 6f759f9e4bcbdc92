"""If one event of an order is purged, all events and refunds of the order are purged, too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from growth.attribution.facts import visitor
from growth.database.statements import delete_where
from growth.database.tables import ConversionRecord, EventRecord, RemnantRecord
from growth.maintenance.remnants import has_facts, remember


class Twin(NamedTuple):
    """An event of an order, identified by `created_at` and `digest`, with its visitor and user."""

    created_at: int
    digest: str
    fingerprint: str | None
    user_id: str | None


def twins_of(gone: Any) -> list[Twin]:
    """All events of the orders of purged events, including the purged events.

    `gone` is a query for the digests of the purged events.
    """
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

    If the visitor of a deleted event has facts left, the claim in the event is stored as a remnant.
    If not, all remnants of the visitor are deleted.
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
