"""What each person has seen in all: derived from the visits that are theirs."""

from __future__ import annotations

from peewee import BigIntegerField, TextField

from growth.models.base import Record, Statement, added, delete, param


class PersonRecord(Record):
    """`owner` is `u:` and the user_id, or `v:` and the fingerprint of a visitor nobody claimed."""

    owner = TextField(primary_key=True)
    visits = BigIntegerField()
    pageviews = BigIntegerField()

    class Meta:
        table_name = "persons"
        without_rowid = True


ADD = Statement(lambda: added(PersonRecord, "visits", "pageviews"))
DELETE_EMPTY = Statement(lambda: delete(PersonRecord).where(PersonRecord.visits == 0))
TOTALS = Statement(
    lambda: PersonRecord.select(PersonRecord.visits, PersonRecord.pageviews).where(
        PersonRecord.owner == param("owner")
    )
)
