"""The totals of persons with filed events, and the clicks that acquired these persons."""

from __future__ import annotations

from peewee import BigIntegerField, BooleanField, TextField

from growth.database.statements import Record


class PersonRecord(Record):
    """`owner` is `u:` and the user_id, or `v:` and the fingerprint of an unclaimed visitor.

    A person has a row here if an event of the person is filed, or if `is_kept` is set. Most persons
    have no row here, so most visits write nothing to this table.

    `acquired_at` is the time of the person's first conversion in microseconds UTC. The columns from
    `fingerprint` to `country` describe the click that `last_click` credits with this conversion.
    `is_kept` is set when the first conversion is purged. From then on, new facts change neither
    `acquired_at` nor the click.
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
