"""Finds the persons to whom visitors belong."""

from __future__ import annotations

from collections.abc import Collection

from growth.attribution.facts import owner_key, visitor
from growth.database.tables import ConversionRecord, DeviceRecord, VisitRecord


def owners_of(fingerprints: Collection[str]) -> set[str]:
    """The owner keys of the persons who have visits, claims or conversions of these visitors.

    A visitor without visits, claims and conversions is a person, too.
    """
    if not fingerprints:
        return set()
    visits, devices = (
        record.select(record.fingerprint, record.user_id).where(
            record.fingerprint.in_(fingerprints)
        )
        for record in (VisitRecord, DeviceRecord)
    )
    filed = ConversionRecord.select(ConversionRecord.fingerprint, ConversionRecord.owner).where(
        ConversionRecord.fingerprint.in_(fingerprints)
    )
    found = {(name, owner_key(name, user_id)) for name, user_id in visits.union(devices).tuples()}
    found |= set(filed.distinct().tuples())
    strangers = set(fingerprints) - {name for name, _ in found}
    return {owner for _, owner in found} | set(map(visitor, strangers))
