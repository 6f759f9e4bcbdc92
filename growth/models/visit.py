"""The visits: derived from the pageviews of a visitor and the claims on it."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

import orjson
from peewee import BigIntegerField, BooleanField, CompositeKey, SmallIntegerField, TextField, fn

from growth.attribution.origin import Origin
from growth.attribution.visits import Visit
from growth.models.base import (
    Batch,
    Record,
    Statement,
    asked,
    delete,
    fields,
    names_of,
    param,
    upsert,
)

ORIGIN = names_of(Origin)


class VisitRecord(Record):
    """Times are in microseconds UTC; `click_ids` is JSON text, `[[name, value], …]`."""

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


UPSERT = Statement(lambda: upsert(VisitRecord))
UPSERT_MANY = Batch(lambda size: upsert(VisitRecord, size))
DELETE = Statement(lambda: delete(VisitRecord))


def of_visitor() -> Any:
    return VisitRecord.select(*fields(VisitRecord)).where(
        VisitRecord.fingerprint == param("fingerprint")
    )


def of_owner() -> Any:
    return VisitRecord.select(*fields(VisitRecord)).where(VisitRecord.owner == param("owner"))


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
    latest = (
        other.select(other.started_at)
        .where(other.fingerprint == visitors.c.fingerprint)
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


def clicks() -> Any:
    return of_owner().where(
        VisitRecord.is_direct == param("is_direct"),
        VisitRecord.started_at >= param("start"),
        VisitRecord.started_at <= param("end"),
    )


LATEST_CLICKS = Statement(
    lambda: clicks().order_by(*(each.desc() for each in RANK)).limit(param("size"))
)
EARLIEST_CLICK = Statement(lambda: clicks().order_by(*RANK).limit(1))
SEEN_AFTER = Statement(
    lambda: VisitRecord.select(
        fn.COUNT(VisitRecord.digest), fn.COALESCE(fn.SUM(VisitRecord.pageviews), 0)
    ).where(VisitRecord.owner == param("owner"), VisitRecord.started_at > param("at"))
)
ONGOING_AT = Statement(
    lambda: of_owner().where(
        VisitRecord.last_at > param("at"), VisitRecord.started_at <= param("at")
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
    *start, is_first, owner, url, referrer_url, country, is_direct, rules = row[:ABOUT]
    *names, paid, landing_page, host, referrer, click_ids = row[ABOUT:]
    pairs = tuple(map(tuple, orjson.loads(click_ids)))
    about = bool(is_first), owner, url, referrer_url, country, bool(is_direct)
    origin = Origin(*[*names, bool(paid), landing_page, host, referrer, pairs])
    return Visit(*[*start, *about, origin, rules])


COLUMNS = [field.name for field in fields(VisitRecord)]
ABOUT = COLUMNS.index("rules") + 1
"""The columns before those of the origin."""
KEPT = attrgetter(*(f"origin.{name}" if name in ORIGIN else name for name in COLUMNS))
