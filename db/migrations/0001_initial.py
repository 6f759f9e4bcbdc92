"""The first tables: facts, what is derived from them, and marks."""

from peewee import (
    BigIntegerField,
    BooleanField,
    CompositeKey,
    IntegerField,
    Model,
    SmallIntegerField,
    TextField,
)


class Pageview(Model):
    fingerprint = TextField()
    created_at = BigIntegerField()
    digest = TextField()
    url = TextField()
    referrer_url = TextField(null=True)
    user_id = TextField(null=True)
    fact_id = TextField(null=True)
    country = TextField(null=True)
    user_agent = TextField(null=True)
    is_bot = BooleanField()

    class Meta:
        table_name = "pageviews"
        primary_key = CompositeKey("fingerprint", "created_at", "digest")
        without_rowid = True


Pageview.add_index(
    Pageview.index(
        Pageview.fingerprint, Pageview.fact_id, unique=True, name="pageviews_fact_id"
    ).where(Pageview.fact_id.is_null(False))
)


class Event(Model):
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
        table_name = "events"
        primary_key = CompositeKey("subject", "created_at", "digest")
        without_rowid = True
        indexes = (
            (("name", "created_at", "digest"), False),
            (("created_at", "digest", "user_id"), False),
        )


Event.add_index(
    Event.index(Event.fact_id, Event.subject, unique=True, name="events_fact_id").where(
        Event.fact_id.is_null(False)
    )
)
Event.add_index(
    Event.index(Event.user_id, Event.created_at, name="events_user_id").where(
        Event.user_id.is_null(False)
    )
)
Event.add_index(
    Event.index(Event.session_id, Event.created_at, name="events_session_id").where(
        Event.session_id.is_null(False)
    )
)
Event.add_index(
    Event.index(Event.order_id, Event.created_at, name="events_order_id").where(
        Event.order_id.is_null(False)
    )
)


class Cost(Model):
    day = IntegerField()
    source = TextField()
    medium = TextField()
    campaign = TextField()
    content = TextField()
    amount = BigIntegerField()
    currency = TextField()
    clicks = BigIntegerField(null=True)
    impressions = BigIntegerField(null=True)
    channel = TextField()
    paid = BooleanField()

    class Meta:
        table_name = "costs"
        primary_key = CompositeKey("day", "source", "medium", "campaign", "content")
        without_rowid = True


class Remnant(Model):
    subject = TextField()
    kind = TextField()
    user_id = TextField()
    created_at = BigIntegerField()

    class Meta:
        table_name = "remnants"
        primary_key = CompositeKey("subject", "kind", "user_id", "created_at")
        without_rowid = True


class Claim(Model):
    fingerprint = TextField()
    created_at = BigIntegerField()
    user_id = TextField()

    class Meta:
        table_name = "claims"
        primary_key = CompositeKey("fingerprint", "created_at", "user_id")
        without_rowid = True


class Device(Model):
    user_id = TextField()
    fingerprint = TextField()

    class Meta:
        table_name = "devices"
        primary_key = CompositeKey("user_id", "fingerprint")
        without_rowid = True
        indexes = ((("fingerprint", "user_id"), False),)


class Visit(Model):
    fingerprint = TextField()
    started_at = BigIntegerField()
    digest = TextField()
    tie = SmallIntegerField()
    last_at = BigIntegerField()
    pageviews = BigIntegerField()
    is_first = BooleanField()
    owner = TextField()
    url = TextField()
    referrer_url = TextField(null=True)
    country = TextField(null=True)
    is_direct = BooleanField()
    rules = TextField()
    channel = TextField()
    source = TextField(null=True)
    medium = TextField(null=True)
    campaign = TextField(null=True)
    content = TextField(null=True)
    term = TextField(null=True)
    paid = BooleanField()
    landing_page = TextField()
    host = TextField()
    referrer = TextField(null=True)
    click_ids = TextField()

    class Meta:
        table_name = "visits"
        primary_key = CompositeKey("fingerprint", "started_at", "digest")
        without_rowid = True
        indexes = (
            (("owner", "is_direct", "started_at"), False),
            (("owner", "started_at", "pageviews"), False),
            (("owner", "last_at", "started_at"), False),
            (("started_at", "last_at", "owner", "digest"), False),
        )


class Person(Model):
    owner = TextField(primary_key=True)
    visits = BigIntegerField()
    pageviews = BigIntegerField()

    class Meta:
        table_name = "persons"
        without_rowid = True


class Conversion(Model):
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
        table_name = "conversions"
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


class Credit(Model):
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
    day = IntegerField()
    origin = BigIntegerField(null=True)
    country = TextField(null=True)
    currency = TextField(null=True)
    from_trial = BooleanField()
    pages_before = BigIntegerField(null=True)

    class Meta:
        table_name = "credits"
        primary_key = CompositeKey("owner", "conversion", "model", "position")
        without_rowid = True
        indexes = (
            (
                (
                    "model",
                    "event",
                    "day",
                    "origin",
                    "currency",
                    "occurred_at",
                    "credit",
                    "started_at",
                    "revenue",
                    "from_trial",
                    "pages_before",
                    "country",
                ),
                False,
            ),
        )


class Origin(Model):
    id = BigIntegerField(primary_key=True)
    channel = TextField()
    source = TextField(null=True)
    medium = TextField(null=True)
    campaign = TextField(null=True)
    paid = BooleanField()

    class Meta:
        table_name = "origins"


class Rollup(Model):
    day = IntegerField()
    origin = BigIntegerField()
    country = TextField()
    visits = BigIntegerField()
    new_visitors = BigIntegerField()
    pageviews = BigIntegerField()

    class Meta:
        table_name = "rollups"
        primary_key = CompositeKey("day", "origin", "country")
        without_rowid = True


class Mark(Model):
    name = TextField(primary_key=True)
    value = TextField()

    class Meta:
        table_name = "marks"


TABLES = (
    Pageview,
    Event,
    Cost,
    Remnant,
    Claim,
    Device,
    Visit,
    Person,
    Conversion,
    Credit,
    Origin,
    Rollup,
    Mark,
)


def up(migrator, db):
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES)
