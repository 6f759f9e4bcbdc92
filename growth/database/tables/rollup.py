"""The rollups: visits summed by day at campaign grain, so that a report reads few rows."""

from __future__ import annotations

from peewee import BigIntegerField, BooleanField, CompositeKey, IntegerField, TextField

from growth.database.statements import Record


class OriginRecord(Record):
    """The names at campaign grain, kept once; `id` is a hash of them, the same everywhere."""

    table = "origins"

    id = BigIntegerField(primary_key=True)
    channel = TextField()
    source = TextField(null=True)
    medium = TextField(null=True)
    campaign = TextField(null=True)
    paid = BooleanField()


class RollupRecord(Record):
    """Visits that began on `day` (days since 1970-01-01 UTC) with an origin.

    There are as many rows as slots: who writes at the same time adds to rows of another slot each,
    so a row alone may be negative. Their sum counts.
    """

    table = "rollups"

    day = IntegerField()
    origin = BigIntegerField()
    slot = IntegerField(default=0)
    visits = BigIntegerField()
    new_visitors = BigIntegerField()
    pageviews = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("day", "origin", "slot")
        without_rowid = True


class CountryRollupRecord(Record):
    """The same by country, or '': many times the rows, which only questions of countries read."""

    table = "country_rollups"

    day = IntegerField()
    origin = BigIntegerField()
    country = TextField()
    slot = IntegerField(default=0)
    visits = BigIntegerField()
    new_visitors = BigIntegerField()
    pageviews = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("day", "origin", "country", "slot")
        without_rowid = True


NAMES = ("channel", "source", "medium", "campaign", "paid")

FIGURES = ("visits", "new_visitors", "pageviews")
