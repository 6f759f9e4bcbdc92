"""What each person has seen in all: derived from the visits that are theirs."""

from __future__ import annotations

from peewee import BigIntegerField, TextField

from growth.models.base import Record, Statement, delete, fields, param


class PersonRecord(Record):
    """`owner` is `u:` and the user_id, or `v:` and the fingerprint of a visitor nobody claimed."""

    owner = TextField(primary_key=True)
    visits = BigIntegerField()
    pageviews = BigIntegerField()

    class Meta:
        table_name = "persons"
        without_rowid = True


ADD = Statement(
    lambda: PersonRecord.insert(
        {field: param(field.name) for field in fields(PersonRecord)}
    ).on_conflict(
        conflict_target=[PersonRecord.owner],
        update={
            PersonRecord.visits: PersonRecord.visits + param("visits"),
            PersonRecord.pageviews: PersonRecord.pageviews + param("pageviews"),
        },
    )
)
DELETE_EMPTY = Statement(lambda: delete(PersonRecord).where(PersonRecord.visits == 0))
TOTALS = Statement(
    lambda: PersonRecord.select(PersonRecord.visits, PersonRecord.pageviews).where(
        PersonRecord.owner == param("owner")
    )
)
