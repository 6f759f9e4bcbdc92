"""The pageviews: facts, stored once and never changed."""

from __future__ import annotations

from peewee import BigIntegerField, BooleanField, CompositeKey, TextField

from growth.database.statements import Record


class PageviewRecord(Record):
    """`created_at` is in microseconds UTC; `fact_id` is the sender's id, unique per visitor."""

    table = "pageviews"

    fingerprint = TextField()
    created_at = BigIntegerField()
    digest = TextField()
    url = TextField()
    referrer_url = TextField(null=True)
    user_id = TextField(null=True)
    fact_id = TextField(null=True)
    country = TextField(null=True)
    user_agent = TextField(null=True)
    is_bot = BooleanField()

    class Meta:
        primary_key = CompositeKey("fingerprint", "created_at", "digest")
        without_rowid = True


# `fact_id` comes first: ids that grow with time go to the end of the index, which is in the cache.
PageviewRecord.add_index(
    PageviewRecord.index(
        PageviewRecord.fact_id, PageviewRecord.fingerprint, unique=True, name="pageviews_fact_id"
    ).where(PageviewRecord.fact_id.is_null(False))
)
