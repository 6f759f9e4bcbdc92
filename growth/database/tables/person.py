"""What each person with conversions has seen in all, and the click that won them."""

from __future__ import annotations

from peewee import BigIntegerField, BooleanField, TextField

from growth.database.statements import Record


class PersonRecord(Record):
    """`owner` is `u:` and the user_id, or `v:` and the fingerprint of a visitor nobody claimed.

    There is a row for every person under whom a conversion is filed, visits or not: the pages after
    conversions are counted from it. Most visitors never convert, and cost no writing here.

    `acquired_at` is the time of the person's first conversion in microseconds UTC. The click that
    `last_click` gives it is a visit as in credits. `is_kept` says that this conversion was purged.
    """

    table = "persons"

    owner = TextField(primary_key=True)
    visits = BigIntegerField()
    pageviews = BigIntegerField()
    acquired_at = BigIntegerField(null=True)
    fingerprint = TextField(null=True)
    started_at = BigIntegerField(null=True)
    click = TextField(null=True)
    origin = BigIntegerField(null=True)
    country = TextField(null=True)
    is_kept = BooleanField()

    class Meta:
        without_rowid = True
