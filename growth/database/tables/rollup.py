"""The rollups: visits summed by day at campaign grain. With them a report reads few rows."""

from __future__ import annotations

from peewee import BigIntegerField, BooleanField, CompositeKey, IntegerField, TextField

from growth.database.statements import Record


class OriginRecord(Record):
    """One row for each combination of channel, source, medium, campaign and paid.

    `id` is their hash, the same in every database.
    """

    table = "origins"

    id = BigIntegerField(primary_key=True)
    channel = TextField()
    source = TextField(null=True)
    medium = TextField(null=True)
    campaign = TextField(null=True)
    paid = BooleanField()


class RollupRecord(Record):
    """Visits that began on `day` (days since 1970-01-01 UTC) with an origin.

    There is a row for each slot: transactions at one time add to different slots. So a single row
    may be negative; only the sum over slots counts.
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
    """The same by country, '' if unknown. Only reports by country read its many rows."""

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
