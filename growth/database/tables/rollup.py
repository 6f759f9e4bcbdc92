"""The daily visits: sums of visits by day and campaign, so that reports read few rows."""

from __future__ import annotations

from peewee import BigIntegerField, BooleanField, CompositeKey, IntegerField, TextField

from growth.database.statements import Record


class OriginRecord(Record):
    """One row for each combination of channel, source, medium, campaign and paid.

    `id` is a hash of these values, the same in every database.
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

    A count is the sum of several rows, one for each slot, because simultaneous transactions write
    to different rows. A single row may be negative.
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
    """Like `RollupRecord`, for each country. Only reports by country read this larger table."""

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
