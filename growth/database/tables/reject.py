"""The rejects: input that was let in and refused, kept so that it can be sent again."""

from __future__ import annotations

from peewee import BigIntegerField, IntegerField, TextField

from growth.database.statements import Record


class RejectRecord(Record):
    """`digest` names path and body, `reason` is JSON text; times are in microseconds UTC."""

    table = "rejects"

    digest = TextField(primary_key=True)
    path = TextField()
    kind = TextField()
    size = IntegerField()
    times_seen = BigIntegerField()
    first_seen = BigIntegerField()
    last_seen = BigIntegerField()
    reason = TextField()
    body = TextField()

    class Meta:
        indexes = ((("last_seen", "size"), False),)
