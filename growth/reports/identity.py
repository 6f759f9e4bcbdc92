"""Which persons an id names."""

from __future__ import annotations

from growth.attribution.facts import owner_key, user, visitor
from growth.database.tables import ConversionRecord, DeviceRecord, VisitRecord


def owners_of(fingerprint: str) -> set[str]:
    """The persons that a visitor is or belongs to."""
    visits, devices = (
        record.select(record.user_id).where(record.fingerprint == fingerprint).distinct().tuples()
        for record in (VisitRecord, DeviceRecord)
    )
    filed = ConversionRecord.select(ConversionRecord.owner).where(
        ConversionRecord.fingerprint == fingerprint
    )
    found = {owner_key(fingerprint, user_id) for (user_id,) in visits}
    found |= {user(user_id) for (user_id,) in devices}
    found |= {each for (each,) in filed.distinct().tuples()}
    return found or {visitor(fingerprint)}
