"""The daily visits: sums of visits by day and campaign, so that reports read few rows."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

import orjson
from peewee import BigIntegerField, BooleanField, CompositeKey, IntegerField, TextField

from growth.database.statements import Record

Names = tuple[str, str | None, str | None, str | None, bool]
"""Channel, source, medium and campaign of an origin, and whether it is paid."""


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


@lru_cache(maxsize=10_000)
def origin_id(names: Names) -> int:
    """The id of an origin: 63 bits of a hash, the same in every database."""
    return int.from_bytes(blake2b(orjson.dumps(names), digest_size=8).digest()) >> 1


class RollupRecord(Record):
    """Counts of visits that began on `day` and have the origin with the id `origin`.

    `day` is in days since 1970-01-01 UTC. Simultaneous transactions write to rows with different
    slots, so a count is the sum over all slots. In a single row, a count may be negative, because a
    visit may be added in one slot and subtracted in another.
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
    """Like `RollupRecord`, but by country. Only reports by country read this larger table."""

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
