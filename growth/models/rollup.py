"""The rollups: visits summed by day at campaign grain, so that a report reads few rows."""

from __future__ import annotations

from peewee import BigIntegerField, BooleanField, CompositeKey, IntegerField, TextField

from growth.models.base import Record, Statement, delete, insert, key, param


class OriginRecord(Record):
    """The names at campaign grain, kept once; `id` is a hash of them, the same everywhere."""

    id = BigIntegerField(primary_key=True)
    channel = TextField()
    source = TextField(null=True)
    medium = TextField(null=True)
    campaign = TextField(null=True)
    paid = BooleanField()

    class Meta:
        table_name = "origins"


class RollupRecord(Record):
    """Visits that began on `day` (days since 1970-01-01 UTC) with an origin, in a country or ''."""

    day = IntegerField()
    origin = BigIntegerField()
    country = TextField()
    visits = BigIntegerField()
    new_visitors = BigIntegerField()
    pageviews = BigIntegerField()

    class Meta:
        table_name = "rollups"
        primary_key = CompositeKey("day", "origin", "country")
        without_rowid = True


NAMES = ("channel", "source", "medium", "campaign", "paid")

INSERT_ORIGIN = Statement(lambda: insert(OriginRecord))
ADD = Statement(
    lambda: RollupRecord.insert(
        {field: param(field.name) for field in RollupRecord._meta.sorted_fields}
    ).on_conflict(
        conflict_target=key(RollupRecord),
        update={
            RollupRecord.visits: RollupRecord.visits + param("visits"),
            RollupRecord.new_visitors: RollupRecord.new_visitors + param("new_visitors"),
            RollupRecord.pageviews: RollupRecord.pageviews + param("pageviews"),
        },
    )
)
DELETE_EMPTY = Statement(lambda: delete(RollupRecord).where(RollupRecord.visits == 0))
