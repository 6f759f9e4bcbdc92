"""The conversions and their credits. Both are derived. Their primary keys begin with `owner`."""

from __future__ import annotations

from peewee import (
    BigIntegerField,
    BooleanField,
    CompositeKey,
    IntegerField,
    SmallIntegerField,
    TextField,
    fn,
)

from growth.database.statements import Record


class ConversionRecord(Record):
    """An event named in GROWTH_CONVERSIONS, or a refund, signup, trial or unsubscribe.

    `is_conversion` says whether the event is a conversion now. `revision` is 0 if the event never
    was a conversion. `digest` is the digest of the event. `event` is the name of the event, spelled
    as in GROWTH_CONVERSIONS. Times are in microseconds UTC.

    `sent_value` and `sent_currency` are as sent with the event. Reports show `value`, the value of
    the order after refunds. `refunded` is the sum of the refunds. Amounts are in minor units of
    their currency, or in millionths without a currency.
    """

    table = "conversions"

    owner = TextField()
    occurred_at = BigIntegerField()
    digest = TextField()
    event = TextField()
    fingerprint = TextField(null=True)
    fact_id = TextField(null=True)
    order_id = TextField(null=True)
    sent_value = BigIntegerField(null=True)
    sent_currency = TextField(null=True)
    value = BigIntegerField(null=True)
    currency = TextField(null=True)
    refunded = BigIntegerField()
    is_conversion = BooleanField()
    from_trial = BooleanField()
    visits_before = BigIntegerField()
    pages_before = BigIntegerField()
    revision = IntegerField()
    changed_at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("owner", "occurred_at", "digest")
        without_rowid = True
        indexes = (
            (("digest",), False),
            (("owner", "event", "occurred_at"), False),
            (("fingerprint",), False),
            (("changed_at",), False),
            (("occurred_at", "digest"), False),
            (("event", "occurred_at", "digest"), False),
        )


ConversionRecord.add_index(
    ConversionRecord.index(
        ConversionRecord.owner, ConversionRecord.order_id, name="conversions_order_id"
    ).where(ConversionRecord.order_id.is_null(False))
)


def latest_change() -> int:
    """The time of the latest change of a conversion, in microseconds. 0 if there is none."""
    latest: int | None = ConversionRecord.select(fn.MAX(ConversionRecord.changed_at)).scalar()
    return latest or 0


REPORTED = (
    "model",
    "event",
    "occurred_at",
    "origin",
    "currency",
    "credit",
    "revenue",
    "started_at",
    "from_trial",
    "pages_before",
    "country",
    "owner",
)
"""The columns of credits that a report by campaign needs. An index has all of them, so the report
reads the index and not the table."""


class CreditRecord(Record):
    """The share of one click in a conversion under a model; see `attribution.conversions.Credit`.

    `conversion` is the digest of the conversion's event. The key of the credited visit is in
    `fingerprint`, `started_at` and `click` (the digest of the visit's first page). All three are
    null if the conversion is unattributed. `origin` is the id of the click's origin. `position` is
    -1 under the model `acquisition`.

    Some columns are copies for reports: `event`, `occurred_at`, `currency`, `from_trial` and
    `pages_before` of the conversion, and `country` of the visit. Under models that credit several
    clicks, `pages_before` is null. Otherwise one late pageview would change many rows.
    """

    table = "credits"

    owner = TextField()
    conversion = TextField()
    model = TextField()
    position = SmallIntegerField()
    event = TextField()
    occurred_at = BigIntegerField()
    credit = IntegerField()
    revenue = BigIntegerField(null=True)
    fingerprint = TextField(null=True)
    started_at = BigIntegerField(null=True)
    click = TextField(null=True)
    origin = BigIntegerField(null=True)
    country = TextField(null=True)
    currency = TextField(null=True)
    from_trial = BooleanField()
    pages_before = BigIntegerField(null=True)

    class Meta:
        primary_key = CompositeKey("owner", "conversion", "model", "position")
        without_rowid = True
        indexes = ((REPORTED, False),)
