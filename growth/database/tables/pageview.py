"""The pageviews: facts, stored once and never changed."""

from __future__ import annotations

from peewee import BigIntegerField, BooleanField, CompositeKey, TextField, fn

from growth.attribution.facts import Pageview
from growth.database.statements import Batch, Record, Statement, asked, fields, insert, param


class PageviewRecord(Record):
    """`created_at` is in microseconds UTC; `fact_id` is the sender's id, unique per visitor."""

    table = "pageviews"

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
        primary_key = CompositeKey("fingerprint", "created_at", "digest")
        without_rowid = True


# By the id first: those that grow with time go to the end of the index, to pages at hand already.
PageviewRecord.add_index(
    PageviewRecord.index(
        PageviewRecord.fact_id, PageviewRecord.fingerprint, unique=True, name="pageviews_fact_id"
    ).where(PageviewRecord.fact_id.is_null(False))
)


def of_visitor() -> list[object]:
    """The conditions for the pageviews of a visitor that count: bots are left out (rule 11)."""
    return [PageviewRecord.fingerprint == param("fingerprint"), ~PageviewRecord.is_bot]


INSERT = Statement(lambda: insert(PageviewRecord))
DIGEST_BY_ID = Statement(
    lambda: PageviewRecord.select(PageviewRecord.digest).where(
        PageviewRecord.fingerprint == param("fingerprint"),
        PageviewRecord.fact_id == param("fact_id"),
    )
)


def insert_many(size: int) -> object:
    row = [param(field.name) for field in fields(PageviewRecord)]
    query = PageviewRecord.insert_many([row] * size, fields=fields(PageviewRecord))
    return query.on_conflict(action="nothing").returning(
        PageviewRecord.fingerprint, PageviewRecord.created_at, PageviewRecord.digest
    )


def held_by_id(size: int) -> object:
    ids = asked(size, "fingerprint", "fact_id")
    return (
        PageviewRecord.select(PageviewRecord.fingerprint, PageviewRecord.fact_id)
        .from_(ids)
        .join(
            PageviewRecord,
            on=(
                (PageviewRecord.fingerprint == ids.c.fingerprint)
                & (PageviewRecord.fact_id == ids.c.fact_id)
            ),
        )
        .with_cte(ids)
    )


INSERT_MANY = Batch(insert_many)
"""Rows go in unless their key or id is there; returns the keys of those that went in."""

HELD_BY_ID = Batch(held_by_id)
"""Which of the visitors and ids given are stored."""

FROM = Statement(
    lambda: (
        PageviewRecord.select(*fields(PageviewRecord, of=Pageview))
        .where(*of_visitor(), PageviewRecord.created_at >= param("start"))
        .order_by(PageviewRecord.created_at, PageviewRecord.digest)
        .limit(param("size"))
    )
)
LAST_BEFORE = Statement(
    lambda: (
        PageviewRecord.select(PageviewRecord.created_at)
        .where(*of_visitor(), PageviewRecord.created_at < param("created_at"))
        .order_by(PageviewRecord.created_at.desc())
        .limit(1)
    )
)
COUNT_BETWEEN = Statement(
    lambda: PageviewRecord.select(fn.COUNT(PageviewRecord.digest)).where(
        *of_visitor(),
        PageviewRecord.created_at > param("after"),
        PageviewRecord.created_at <= param("until"),
    )
)
