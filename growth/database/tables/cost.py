"""The costs of campaigns by day. A cost that is sent again replaces the earlier cost."""

from __future__ import annotations

from peewee import BigIntegerField, BooleanField, CompositeKey, IntegerField, TextField

from growth.database.statements import Record


class CostRecord(Record):
    """`day` is in days since 1970-01-01; `amount` is in minor units of `currency`.

    The columns from `sent_source` to `sent_content` have the names that were sent. A missing medium
    is `cpc`, and a missing campaign or content is ''. Source and medium are in lower case.

    The columns from `channel` on are derived from these names, as the origin of a visit is derived
    from its `utm_` parameters. So reports group costs and visits in the same way.
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
