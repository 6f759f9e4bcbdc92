"""The conversions and their credits: derived, keyed by the person they belong to."""

from __future__ import annotations

from typing import Any

from peewee import (
    BigIntegerField,
    BooleanField,
    CompositeKey,
    IntegerField,
    SmallIntegerField,
    TextField,
    fn,
)

from growth.attribution.credit import SINGLE_CLICK
from growth.database.statements import (
    Batch,
    Record,
    Statement,
    among,
    delete,
    fields,
    insert,
    param,
    upsert,
)


class ConversionRecord(Record):
    """An event that converts, once did, or decides the state of a person.

    `is_conversion` says whether it counts now; `revision` is 0 as long as it never did. `digest`
    names the event. Times are in microseconds UTC, `value` as in events.
    """

    table = "conversions"

    owner = TextField()
    occurred_at = BigIntegerField()
    digest = TextField()
    event = TextField()
    fingerprint = TextField(null=True)
    fact_id = TextField(null=True)
    value = BigIntegerField(null=True)
    currency = TextField(null=True)
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
"""All that a report at campaign grain reads of credits: it reads this index alone."""


class CreditRecord(Record):
    """The share of a conversion that a click gets under a model; see `attribution.Credit`.

    `conversion` is the digest of its event. The click is the visit of `fingerprint` that started at
    `started_at` with the page `click`; all three are null in an unattributed conversion.

    The rest is what reports need of the conversion and the click: the id of the click's `origin`,
    its `country`; `pages_before` only under models that credit one click, for a late pageview
    changes it in every row.
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


def owners_with(record: Any) -> Batch:
    """Tells which of the owners given have rows of the record."""
    return Batch(lambda size: among(record.owner, size).distinct())


def later_conversions() -> list[Any]:
    """The conditions for the conversions of a person after an instant."""
    record = ConversionRecord
    is_later = record.occurred_at > param("after")
    return [record.owner == param("owner"), is_later, record.is_conversion]


def of_later_conversions() -> list[Any]:
    """The conditions for their credits that keep `pages_before`."""
    digests = ConversionRecord.select(ConversionRecord.digest).where(*later_conversions())
    record = CreditRecord
    return [
        record.owner == param("owner"),
        record.conversion.in_(digests),
        record.model.in_(SINGLE_CLICK),
    ]


UPSERT = Statement(lambda: upsert(ConversionRecord))
DELETE = Statement(lambda: delete(ConversionRecord))
BY_DIGEST = Statement(
    lambda: ConversionRecord.select(*fields(ConversionRecord)).where(
        ConversionRecord.digest == param("digest")
    )
)
OWNERS = owners_with(ConversionRecord)
BETWEEN = Statement(
    lambda: (
        ConversionRecord.select(*fields(ConversionRecord))
        .where(
            ConversionRecord.owner == param("owner"),
            ConversionRecord.occurred_at >= param("since"),
            ConversionRecord.occurred_at <= param("until"),
        )
        .order_by(ConversionRecord.occurred_at, ConversionRecord.digest)
    )
)
SHIFT = Statement(
    lambda: ConversionRecord.update(
        {
            ConversionRecord.visits_before: ConversionRecord.visits_before + param("visits"),
            ConversionRecord.pages_before: ConversionRecord.pages_before + param("pageviews"),
        }
    ).where(*later_conversions())
)
SHIFT_CREDITS = Statement(
    lambda: CreditRecord.update(
        {CreditRecord.pages_before: CreditRecord.pages_before + param("pageviews")}
    ).where(*of_later_conversions())
)
LATEST_CHANGE = Statement(lambda: ConversionRecord.select(fn.MAX(ConversionRecord.changed_at)))
EARLIEST = Statement(
    lambda: (
        ConversionRecord.select(ConversionRecord.occurred_at, ConversionRecord.digest)
        .where(ConversionRecord.owner == param("owner"), ConversionRecord.event == param("event"))
        .order_by(ConversionRecord.occurred_at, ConversionRecord.digest)
        .limit(1)
    )
)

INSERT_CREDIT = Statement(lambda: insert(CreditRecord))
DELETE_CREDITS = Statement(
    lambda: CreditRecord.delete().where(
        CreditRecord.owner == param("owner"), CreditRecord.conversion == param("conversion")
    )
)
CLICKS_OF = Statement(
    lambda: (
        CreditRecord.select(CreditRecord.click, CreditRecord.origin, CreditRecord.country)
        .where(
            CreditRecord.owner == param("owner"),
            CreditRecord.conversion == param("conversion"),
            CreditRecord.model == "linear",  # which credits every click
        )
        .order_by(CreditRecord.position)
    )
)
CREDITS_OF = Statement(
    lambda: (
        CreditRecord.select(*fields(CreditRecord))
        .where(CreditRecord.owner == param("owner"), CreditRecord.conversion == param("conversion"))
        .order_by(CreditRecord.model, CreditRecord.position)
    )
)


def latest_change() -> int:
    """The instant of the latest change, in microseconds; 0 if there was none."""
    row = LATEST_CHANGE.row()
    return (row and row[0]) or 0
