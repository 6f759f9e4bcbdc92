"""The rejects: refused input of authenticated senders, kept so that it can be replayed."""

from __future__ import annotations

from peewee import BigIntegerField, IntegerField, TextField

from growth.database.statements import Record


class RejectRecord(Record):
    """`digest` is a hash of `path` and `body`. `reason` is JSON text.

    Times are in microseconds UTC.
    """

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
