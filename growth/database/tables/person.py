"""What each person with conversions has seen in all: derived from the visits that are theirs."""

from __future__ import annotations

from typing import Any

from peewee import BigIntegerField, TextField, fn

from growth.database.statements import Record, Statement, delete, insert, param
from growth.database.tables.conversion import ConversionRecord, owners_with


class PersonRecord(Record):
    """`owner` is `u:` and the user_id, or `v:` and the fingerprint of a visitor nobody claimed.

    There is a row for every person under whom a conversion is filed, visits or not: the pages after
    conversions are counted from it. Most visitors never convert, and cost no writing here.
    """

    table = "persons"

    owner = TextField(primary_key=True)
    visits = BigIntegerField()
    pageviews = BigIntegerField()

    class Meta:
        without_rowid = True


def has_conversions() -> Any:
    record = ConversionRecord
    return fn.EXISTS(record.select(record.owner).where(record.owner == PersonRecord.owner))


KNOWN = owners_with(PersonRecord)
INSERT = Statement(lambda: insert(PersonRecord))
ADD = Statement(
    lambda: PersonRecord.update(
        visits=PersonRecord.visits + param("visits"),
        pageviews=PersonRecord.pageviews + param("pageviews"),
    ).where(PersonRecord.owner == param("owner"))
)
DELETE_IDLE = Statement(lambda: delete(PersonRecord).where(~has_conversions()))
TOTALS = Statement(
    lambda: PersonRecord.select(PersonRecord.visits, PersonRecord.pageviews).where(
        PersonRecord.owner == param("owner")
    )
)
