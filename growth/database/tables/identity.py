"""Who was seen to be whom: derived from the facts that carry a fingerprint and a user_id."""

from __future__ import annotations

from peewee import BigIntegerField, CompositeKey, TextField

from growth.database.statements import Batch, Record, Statement, among, insert, param


class ClaimRecord(Record):
    """A moment when a visitor was known to be a user; `created_at` is in microseconds UTC."""

    table = "claims"

    fingerprint = TextField()
    created_at = BigIntegerField()
    user_id = TextField()

    class Meta:
        primary_key = CompositeKey("fingerprint", "created_at", "user_id")
        without_rowid = True


class DeviceRecord(Record):
    """A visitor that a user ever claimed."""

    table = "devices"

    user_id = TextField()
    fingerprint = TextField()

    class Meta:
        primary_key = CompositeKey("user_id", "fingerprint")
        without_rowid = True
        indexes = ((("fingerprint", "user_id"), False),)


INSERT_CLAIM = Statement(lambda: insert(ClaimRecord))
INSERT_DEVICE = Statement(lambda: insert(DeviceRecord))

CLAIMS_BETWEEN = Statement(
    lambda: (
        ClaimRecord.select(ClaimRecord.created_at, ClaimRecord.user_id)
        .where(
            ClaimRecord.fingerprint == param("fingerprint"),
            ClaimRecord.created_at >= param("start"),
            ClaimRecord.created_at <= param("end"),
        )
        .order_by(ClaimRecord.created_at, ClaimRecord.user_id)
    )
)
CLAIM_BEFORE = Statement(
    lambda: (
        ClaimRecord.select(ClaimRecord.created_at, ClaimRecord.user_id)
        .where(
            ClaimRecord.fingerprint == param("fingerprint"),
            ClaimRecord.user_id == param("user_id"),
            ClaimRecord.created_at < param("start"),
        )
        .order_by(ClaimRecord.created_at.desc())
        .limit(1)
    )
)
CLAIM_AFTER = Statement(
    lambda: (
        ClaimRecord.select(ClaimRecord.created_at, ClaimRecord.user_id)
        .where(
            ClaimRecord.fingerprint == param("fingerprint"),
            ClaimRecord.user_id == param("user_id"),
            ClaimRecord.created_at > param("end"),
        )
        .order_by(ClaimRecord.created_at)
        .limit(1)
    )
)
USERS = Statement(
    lambda: (
        DeviceRecord.select(DeviceRecord.user_id)
        .where(DeviceRecord.fingerprint == param("fingerprint"))
        .order_by(DeviceRecord.user_id)
        .limit(param("size"))
    )
)
FINGERPRINTS = Statement(
    lambda: (
        DeviceRecord.select(DeviceRecord.fingerprint)
        .where(DeviceRecord.user_id == param("user_id"))
        .order_by(DeviceRecord.fingerprint)
        .limit(param("size"))
    )
)


CLAIMED = Batch(lambda size: among(DeviceRecord.fingerprint, size).distinct())
"""Which of the visitors somebody claimed."""

CLAIMANTS = Batch(lambda size: among(DeviceRecord.fingerprint, size, DeviceRecord.user_id))
"""The users who ever claimed one of the visitors."""
