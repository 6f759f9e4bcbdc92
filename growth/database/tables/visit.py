"""The visits: derived from the pageviews of a visitor and the claims on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

import orjson
from peewee import BigIntegerField, BooleanField, CompositeKey, SmallIntegerField, TextField, fn

from growth.attribution.facts import fingerprint_of, owner_key, user_of
from growth.attribution.origin import Origin
from growth.attribution.visits import Visit
from growth.database.statements import (
    Batch,
    Record,
    Statement,
    asked,
    database,
    delete,
    fields,
    names_of,
    param,
    upsert,
)

ORIGIN = names_of(Origin)


class VisitRecord(Record):
    """Times are in microseconds UTC; `click_ids` is JSON text, `[[name, value], …]`.

    `user_id` is null while the visit belongs to nobody but its visitor. Such visits, most of all,
    are found by their key and are in no index of users: each index of something that comes in no
    order is one more page of the disk to write for every visit.
    """

    table = "visits"

    fingerprint = TextField()
    started_at = BigIntegerField()
    digest = TextField()
    tie = SmallIntegerField()
    last_at = BigIntegerField()
    pageviews = BigIntegerField()
    is_first = BooleanField()
    user_id = TextField(null=True)
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
        primary_key = CompositeKey("fingerprint", "started_at", "digest")
        without_rowid = True
        indexes = ((("started_at", "last_at", "user_id", "digest"), False),)


for columns in (
    (VisitRecord.user_id, VisitRecord.is_direct, VisitRecord.started_at),
    (VisitRecord.user_id, VisitRecord.started_at, VisitRecord.pageviews),
    (VisitRecord.user_id, VisitRecord.last_at, VisitRecord.started_at),
):
    VisitRecord.add_index(VisitRecord.index(*columns).where(VisitRecord.user_id.is_null(False)))

UPSERT = Statement(lambda: upsert(VisitRecord))
UPSERT_MANY = Batch(lambda size: upsert(VisitRecord, size))
DELETE = Statement(lambda: delete(VisitRecord))


def of_visitor() -> Any:
    return VisitRecord.select(*fields(VisitRecord)).where(
        VisitRecord.fingerprint == param("fingerprint")
    )


LATEST_BEFORE = Statement(
    lambda: (
        of_visitor()
        .where(VisitRecord.started_at < param("at"))
        .order_by(VisitRecord.started_at.desc(), VisitRecord.tie.desc())
        .limit(1)
    )
)


def latest_of_each(size: int) -> Any:
    visitors, other = asked(size, "fingerprint"), VisitRecord.alias()
    # A cluster has to see that both visits lie together; elsewhere it is told once for a visitor.
    named = VisitRecord if database.is_cluster else visitors.c
    latest = (
        other.select(other.started_at)
        .where(other.fingerprint == named.fingerprint)
        .order_by(other.started_at.desc())
        .limit(1)
    )
    return (
        VisitRecord.select(*fields(VisitRecord))
        .from_(visitors)
        .join(
            VisitRecord,
            on=(
                (VisitRecord.fingerprint == visitors.c.fingerprint)
                & (VisitRecord.started_at == latest)
            ),
        )
        .order_by(VisitRecord.tie)
        .with_cte(visitors)
    )


LATEST_OF_EACH = Batch(latest_of_each)
FROM = Statement(
    lambda: (
        of_visitor()
        .where(VisitRecord.started_at >= param("start"), VisitRecord.started_at <= param("end"))
        .order_by(VisitRecord.started_at, VisitRecord.tie)
        .limit(param("size"))
    )
)
RANK = (
    VisitRecord.started_at,
    VisitRecord.url,
    fn.COALESCE(VisitRecord.referrer_url, ""),
    VisitRecord.digest,
)
"""As `Visit.rank`, among direct visits or among others."""


class OfOwner:
    """A query of the visits of a person: those of a user are found by an index, those that are
    nobody's by their visitor. `build` gets the condition.

    Its parameters are `owner` and what that names, `user_id` or `fingerprint`, and those given.
    """

    def __init__(self, build: Callable[[Any], Any]) -> None:
        record = VisitRecord
        of_visitor = (record.fingerprint == param("fingerprint")) & record.user_id.is_null()
        self.of_user = Statement(lambda: build(record.user_id == param("user_id")))
        self.of_visitor = Statement(lambda: build(of_visitor))

    def rows(self, owner: str, **values: Any) -> list[tuple[Any, ...]]:
        user_id = user_of(owner)
        statement = self.of_visitor if user_id is None else self.of_user
        fingerprint = fingerprint_of(owner)
        return statement.rows(owner=owner, user_id=user_id, fingerprint=fingerprint, **values)


def clicks(owned: Any) -> Any:
    return VisitRecord.select(*fields(VisitRecord)).where(
        owned,
        VisitRecord.is_direct == param("is_direct"),
        VisitRecord.started_at >= param("start"),
        VisitRecord.started_at <= param("end"),
    )


def seen(owned: Any) -> Any:
    """How many visits there are, and pageviews in them."""
    pageviews = fn.COALESCE(fn.SUM(VisitRecord.pageviews), 0)
    return VisitRecord.select(fn.COUNT(VisitRecord.digest), pageviews).where(owned)


LATEST_CLICKS = OfOwner(
    lambda owned: clicks(owned).order_by(*(each.desc() for each in RANK)).limit(param("size"))
)
EARLIEST_CLICK = OfOwner(lambda owned: clicks(owned).order_by(*RANK).limit(1))
SEEN = OfOwner(seen)
SEEN_AFTER = OfOwner(lambda owned: seen(owned).where(VisitRecord.started_at > param("at")))
ONGOING_AT = Statement(
    lambda: VisitRecord.select(*fields(VisitRecord)).where(
        VisitRecord.user_id == param("user_id"),
        VisitRecord.last_at > param("at"),
        VisitRecord.started_at <= param("at"),
    )
)


def row_of(visit: Visit) -> dict[str, Any]:
    """The columns of a visit, by name."""
    return dict(zip(COLUMNS, columns_of(visit), strict=True))


def columns_of(visit: Visit) -> tuple[Any, ...]:
    """The columns of a visit, in the order of the record."""
    *columns, click_ids = KEPT(visit)
    return *columns, orjson.dumps(click_ids).decode()


def from_row(row: Sequence[Any]) -> Visit:
    """The visit of a row with all columns, in the order of the record."""
    *start, is_first, user_id, url, referrer_url, country, is_direct, rules = row[:ABOUT]
    *names, paid, landing_page, host, referrer, click_ids = row[ABOUT:]
    pairs = tuple(map(tuple, orjson.loads(click_ids)))
    owner = owner_key(row[0], user_id)
    about = bool(is_first), owner, url, referrer_url, country, bool(is_direct)
    origin = Origin(*[*names, bool(paid), landing_page, host, referrer, pairs])
    return Visit(*[*start, *about, origin, rules])


COLUMNS = [field.name for field in fields(VisitRecord)]
ABOUT = COLUMNS.index("rules") + 1
"""The columns before those of the origin."""
KEPT = attrgetter(*(f"origin.{name}" if name in ORIGIN else name for name in COLUMNS))
