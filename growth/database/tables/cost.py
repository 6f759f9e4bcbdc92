"""The costs: what was spent on a campaign on a day, restated by whoever sends it again."""

from __future__ import annotations

from peewee import BigIntegerField, BooleanField, CompositeKey, IntegerField, TextField

from growth.attribution.facts import Cost
from growth.database.statements import Record, Statement, fields, param, upsert


class CostRecord(Record):
    """`day` counts days since 1970-01-01; absent names are ''; `amount` is in minor units.

    `channel` and `paid` are derived: those of a visit tagged with the same names.
    """

    table = "costs"

    day = IntegerField()
    source = TextField()
    medium = TextField()
    campaign = TextField()
    content = TextField()
    amount = BigIntegerField()
    currency = TextField()
    clicks = BigIntegerField(null=True)
    impressions = BigIntegerField(null=True)
    channel = TextField()
    paid = BooleanField()

    class Meta:
        primary_key = CompositeKey("day", "source", "medium", "campaign", "content")
        without_rowid = True


UPSERT = Statement(lambda: upsert(CostRecord))
SAME = Statement(
    lambda: CostRecord.select(*fields(CostRecord, of=Cost)).where(
        CostRecord.day == param("day"),
        CostRecord.source == param("source"),
        CostRecord.medium == param("medium"),
        CostRecord.campaign == param("campaign"),
        CostRecord.content == param("content"),
    )
)
