"""Which persons an id names."""

from __future__ import annotations

from growth.attribution.facts import user, visitor
from growth.models import ConversionRecord, DeviceRecord, VisitRecord


def owners_of(fingerprint: str) -> set[str]:
    """The persons that a visitor is or belongs to."""
    found = {
        owner
        for record in (VisitRecord, ConversionRecord)
        for (owner,) in record.select(record.owner)
        .where(record.fingerprint == fingerprint)
        .distinct()
        .tuples()
    }
    devices = DeviceRecord.select(DeviceRecord.user_id).where(
        DeviceRecord.fingerprint == fingerprint
    )
    found |= {user(user_id) for (user_id,) in devices.tuples()}
    return found or {visitor(fingerprint)}
