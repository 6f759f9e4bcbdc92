"""Who was seen to be whom: derived from the facts that carry a fingerprint and a user_id."""

from __future__ import annotations

from typing import Any

from peewee import BigIntegerField, CompositeKey, Select, TextField, fn

from growth.models.base import Batch, Record, Statement, asked, database, insert, param
from growth.models.remnant import RemnantRecord


class ClaimRecord(Record):
    """A moment when a visitor was known to be a user; `created_at` is in microseconds UTC."""

    fingerprint = TextField()
    created_at = BigIntegerField()
    user_id = TextField()

    class Meta:
        table_name = "claims"
        primary_key = CompositeKey("fingerprint", "created_at", "user_id")
        without_rowid = True


class DeviceRecord(Record):
    """A visitor that a user ever claimed."""

    user_id = TextField()
    fingerprint = TextField()

    class Meta:
        table_name = "devices"
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


def known(size: int) -> Any:
    visitors = asked(size, "fingerprint", "subject")
    claims = ClaimRecord.select(ClaimRecord.user_id).where(
        ClaimRecord.fingerprint == visitors.c.fingerprint
    )
    remnants = RemnantRecord.select(RemnantRecord.user_id).where(
        RemnantRecord.subject == visitors.c.subject
    )
    return (
        Select([visitors], [visitors.c.fingerprint])
        .where(fn.EXISTS(claims) | fn.EXISTS(remnants))
        .with_cte(visitors)
        .bind(database)
    )


def claimants(size: int) -> Any:
    visitors = asked(size, "fingerprint", "subject")
    claims = Select([visitors], [DeviceRecord.user_id]).join(
        DeviceRecord, on=DeviceRecord.fingerprint == visitors.c.fingerprint
    )
    remnants = Select([visitors], [RemnantRecord.user_id]).join(
        RemnantRecord, on=RemnantRecord.subject == visitors.c.subject
    )
    return claims.union(remnants).with_cte(visitors).bind(database)


CLAIMANTS = Batch(claimants)
"""The users who ever claimed the visitors, given with their owner keys."""

KNOWN = Batch(known)
"""Which visitors somebody claimed, or had facts that were purged."""
