"""The events: facts, stored once and never changed."""

from __future__ import annotations

from peewee import BigIntegerField, CompositeKey, TextField

from growth.database.statements import Record


class EventRecord(Record):
    """`subject` is `v:` and the fingerprint, or `u:` and the user_id if there is no fingerprint.

    `created_at` is in microseconds UTC. `value` is in minor units of `currency`, or in millionths
    without a currency. `data` is JSON text. `fact_id` is the sender's id, unique per subject.
    """

    table = "events"

    subject = TextField()
    created_at = BigIntegerField()
    digest = TextField()
    name = TextField()
    fingerprint = TextField(null=True)
    user_id = TextField(null=True)
    fact_id = TextField(null=True)
    value = BigIntegerField(null=True)
    currency = TextField(null=True)
    category = TextField(null=True)
    session_id = TextField(null=True)
    order_id = TextField(null=True)
    country = TextField(null=True)
    data = TextField(null=True)

    class Meta:
        primary_key = CompositeKey("subject", "created_at", "digest")
        without_rowid = True
        indexes = (
            (("name", "created_at", "digest"), False),
            (("created_at", "digest", "user_id"), False),
        )


EventRecord.add_index(
    EventRecord.index(
        EventRecord.fact_id, EventRecord.subject, unique=True, name="events_fact_id"
    ).where(EventRecord.fact_id.is_null(False))
)
EventRecord.add_index(
    EventRecord.index(EventRecord.user_id, EventRecord.created_at, name="events_user_id").where(
        EventRecord.user_id.is_null(False)
    )
)
EventRecord.add_index(
    EventRecord.index(
        EventRecord.session_id, EventRecord.created_at, name="events_session_id"
    ).where(EventRecord.session_id.is_null(False))
)
for each in (EventRecord.category, EventRecord.country):
    EventRecord.add_index(
        EventRecord.index(
            each, EventRecord.created_at, EventRecord.digest, name=f"events_{each.name}"
        ).where(each.is_null(False))
    )
EventRecord.add_index(
    EventRecord.index(EventRecord.order_id, EventRecord.created_at, name="events_order_id").where(
        EventRecord.order_id.is_null(False)
    )
)
