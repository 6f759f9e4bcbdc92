"""The earnings: credits summed by day and origin, so that a report reads few rows."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import Any

from peewee import (
    EXCLUDED,
    BigIntegerField,
    Case,
    CompositeKey,
    IntegerField,
    Select,
    TextField,
    fn,
)

from growth.attribution.credit import SINGLE_CLICK
from growth.database.statements import (
    Batch,
    Record,
    Statement,
    added,
    asked,
    by_place,
    database,
    delete,
    param,
)
from growth.database.tables.conversion import CreditRecord, of_later_conversions, owners_with
from growth.database.tables.person import PersonRecord


class EarningRecord(Record):
    """What the conversions of an event on a day earned an origin under a model.

    `day` counts from 1970-01-01 UTC; `origin` is 0 without a click, `currency` '' without one.
    `credit` and what is weighed by it are in millionths, times in microseconds. Of what may not fit
    63 bits there are two parts: revenue is `millions` * 10^6 + `rest` minor units, the time waited,
    weighed by credit, `waited` * 10^6 + `waited_rest`.

    `pages_before` and `pages_seen`, the pageviews of the persons in all, are kept under models
    that credit one click. What persons saw lately is not counted yet: see `UnsettledRecord`.
    """

    model = TextField()
    event = TextField()
    day = IntegerField()
    origin = BigIntegerField()
    currency = TextField()
    credit = BigIntegerField()
    from_trial = BigIntegerField()
    waited = BigIntegerField()
    waited_rest = BigIntegerField()
    millions = BigIntegerField()
    rest = BigIntegerField()
    pages_before = BigIntegerField()
    pages_seen = BigIntegerField()
    fastest = BigIntegerField(null=True)
    longest = BigIntegerField(null=True)

    class Meta:
        table_name = "earnings"
        primary_key = CompositeKey("model", "event", "day", "origin", "currency")
        without_rowid = True
        indexes = ((("day",), False),)


class UnsettledRecord(Record):
    """Pageviews of a person that the earnings do not count yet.

    A new pageview is one more after each of the person's conversions, be they thousands: they are
    counted now and then, for many persons at once, and reports add what is missing.
    """

    owner = TextField(primary_key=True)
    pageviews = BigIntegerField()

    class Meta:
        table_name = "unsettled"
        without_rowid = True


KEY = ("model", "event", "day", "origin", "currency")
SUMS = (
    "credit",
    "from_trial",
    "waited",
    "waited_rest",
    "millions",
    "rest",
    "pages_before",
    "pages_seen",
)

PLACE = (
    CreditRecord.model,
    CreditRecord.event,
    CreditRecord.day,
    fn.COALESCE(CreditRecord.origin, 0),
    fn.COALESCE(CreditRecord.currency, ""),
)
"""The key of the earnings that a credit belongs to."""

ELAPSED = CreditRecord.occurred_at - CreditRecord.started_at


def with_extremes() -> Any:
    record = EarningRecord
    return added(
        record,
        *SUMS,
        more={
            record.fastest: chosen(record.fastest, EXCLUDED.fastest < record.fastest),
            record.longest: chosen(record.longest, EXCLUDED.longest > record.longest),
        },
    )


def chosen(column: Any, is_better: Any) -> Any:
    """The new value of a column if it is better, or the first."""
    return Case(None, [(column.is_null() | is_better, getattr(EXCLUDED, column.name))], column)


def of_place() -> list[Any]:
    """The conditions for the credits of a row; as the index has them."""
    record = CreditRecord
    has_currency = fn.COALESCE(record.currency, "") == param("currency")
    names = ("model", "event", "day", "origin")
    return [*(getattr(record, name) == param(name) for name in names), has_currency]


def with_extreme(size: int) -> Any:
    """Those rows one of whose extremes may be among what was taken out."""
    record, taken = EarningRecord, asked(size, *KEY, "fastest", "longest")
    same = [getattr(record, name) == getattr(taken.c, name) for name in KEY]
    may_be = (record.fastest >= taken.c.fastest) | (record.longest <= taken.c.longest)
    rows = record.select(*(getattr(record, name) for name in KEY)).from_(taken)
    return rows.join(record, on=reduce(and_, same)).where(may_be).with_cte(taken)


WITH_EXTREME = Batch(with_extreme)
EXTREMES = Statement(
    lambda: CreditRecord.select(fn.MIN(ELAPSED), fn.MAX(ELAPSED)).where(*of_place())
)
SET_EXTREMES = Statement(
    lambda: EarningRecord.update(fastest=param("fastest"), longest=param("longest")).where(
        *(getattr(EarningRecord, name) == param(name) for name in KEY)
    )
)
ADD = Statement(with_extremes)
DELETE_EMPTY = Statement(lambda: delete(EarningRecord).where(EarningRecord.credit == 0))


def counted() -> Any:
    """The pageviews of a person that the earnings count."""
    seen, lately = (
        fn.COALESCE(record.select(record.pageviews).where(record.owner == param("owner")), 0)
        for record in (PersonRecord, UnsettledRecord)
    )
    return Select([], [seen - lately]).bind(database)


def gained(size: int) -> Any:
    """What pageviews of persons add to `pages_seen`, by place."""
    lately = asked(size, "owner", "pageviews")
    return (
        CreditRecord.select(*PLACE, fn.SUM(CreditRecord.credit * lately.c.pageviews))
        .from_(lately)
        .join(CreditRecord, on=CreditRecord.owner == lately.c.owner)
        .where(CreditRecord.model.in_(SINGLE_CLICK))
        .group_by(*by_place(PLACE))
        .with_cte(lately)
    )


COUNTED = Statement(counted)
GAINED = Batch(gained)
CREDITED = owners_with(CreditRecord)
LATER = Statement(
    lambda: (
        CreditRecord.select(*PLACE, fn.SUM(CreditRecord.credit))
        .where(*of_later_conversions())
        .group_by(*by_place(PLACE))
    )
)
DEFER = Statement(lambda: added(UnsettledRecord, "pageviews"))
DEFERRED = Statement(
    lambda: (
        UnsettledRecord.select(UnsettledRecord.owner)
        .order_by(UnsettledRecord.owner)
        .limit(param("size"))
        .offset(param("skipped"))
    )
)
SETTLE = Batch(
    lambda size: (
        UnsettledRecord.delete()
        .where(UnsettledRecord.owner.in_([param("owner") for _ in range(size)]))
        .returning(UnsettledRecord.owner, UnsettledRecord.pageviews)
    )
)
FORGET = Statement(lambda: delete(UnsettledRecord))
