"""The costs: what was spent on a campaign on a day, restated when it is sent again."""

from __future__ import annotations

from peewee import BigIntegerField, BooleanField, CompositeKey, IntegerField, TextField

from growth.database.statements import Record


class CostRecord(Record):
    """`day` counts days since 1970-01-01; `amount` is in minor units of `currency`.

    A cost is kept under the names as sent, '' where absent. The other names, `channel` and `paid`
    are derived: those of a visit tagged with the same names, so that costs meet visits.
    """

    table = "costs"

    day = IntegerField()
    sent_source = TextField()
    sent_medium = TextField()
    sent_campaign = TextField()
    sent_content = TextField()
    amount = BigIntegerField()
    currency = TextField()
    clicks = BigIntegerField(null=True)
    impressions = BigIntegerField(null=True)
    channel = TextField()
    source = TextField(null=True)
    medium = TextField(null=True)
    campaign = TextField(null=True)
    content = TextField(null=True)
    paid = BooleanField()

    class Meta:
        primary_key = CompositeKey(
            "day", "sent_source", "sent_medium", "sent_campaign", "sent_content"
        )
        without_rowid = True
