"""Persons with filed events: total visits and pageviews, and the acquiring click."""

from __future__ import annotations

from peewee import BigIntegerField, BooleanField, TextField

from growth.database.statements import Record


class PersonRecord(Record):
    """`owner` is `u:` and the user_id, or `v:` and the fingerprint of an unclaimed visitor.

    Each person with a filed event has a row, even without visits. Most visitors never convert, so
    they cost no writing here.

    `acquired_at` is the time of the person's first conversion in microseconds UTC. The click is
    that of this conversion under `last_click`, with columns as in credits. `is_kept`: this
    conversion was purged.
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
