"""Claims of users on visitors. Facts with both a fingerprint and a user_id yield claims."""

from __future__ import annotations

from peewee import BigIntegerField, CompositeKey, TextField

from growth.database.statements import Record


class ClaimRecord(Record):
    """A claim. `created_at` is the time of its fact in microseconds UTC."""

    table = "claims"

    fingerprint = TextField()
    created_at = BigIntegerField()
    user_id = TextField()

    class Meta:
        primary_key = CompositeKey("fingerprint", "created_at", "user_id")
        without_rowid = True


class DeviceRecord(Record):
    """A visitor and a user who claimed it at least once."""

    table = "devices"

    user_id = TextField()
    fingerprint = TextField()

    class Meta:
        primary_key = CompositeKey("user_id", "fingerprint")
        without_rowid = True
        indexes = ((("fingerprint", "user_id"), False),)
