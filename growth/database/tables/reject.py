"""The rejects: input that was let in and refused, kept so that it can be sent again."""

from __future__ import annotations

from peewee import BigIntegerField, IntegerField, TextField, fn

from growth.database.statements import Record, Statement, fields, param


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


KEEP = Statement(
    lambda: RejectRecord.insert(
        {field: param(field.name) for field in fields(RejectRecord)}
    ).on_conflict(
        conflict_target=[RejectRecord.digest],
        preserve=[RejectRecord.last_seen, RejectRecord.reason],
        update={RejectRecord.times_seen: RejectRecord.times_seen + 1},
    )
)
SUMS = Statement(
    lambda: RejectRecord.select(
        fn.COUNT(RejectRecord.digest), fn.COALESCE(fn.SUM(RejectRecord.size), 0)
    )
)
OLDEST = Statement(
    lambda: (
        RejectRecord.select(RejectRecord.digest, RejectRecord.size)
        .order_by(RejectRecord.last_seen, RejectRecord.digest)
        .limit(param("limit"))
    )
)
FORGET_BEFORE = Statement(lambda: RejectRecord.delete().where(RejectRecord.last_seen < param("at")))
FORGET = Statement(lambda: RejectRecord.delete().where(RejectRecord.digest == param("digest")))
