"""What the service remembers of itself: a name and a text."""

from __future__ import annotations

from secrets import token_hex

from peewee import TextField

from growth.models.base import Record, Statement, param, upsert


class MarkRecord(Record):
    """For example the anchor of the seeds, or how far a rebuild came."""

    name = TextField(primary_key=True)
    value = TextField()

    class Meta:
        table_name = "marks"


STATE = "state"
"""The mark that every transaction changes which may change an answer."""

SET = Statement(lambda: upsert(MarkRecord))
VALUE = Statement(
    lambda: MarkRecord.select(MarkRecord.value).where(MarkRecord.name == param("name"))
)


def change_state() -> None:
    """Say, within the transaction that makes it so, that answers may differ from now on.

    A random text: a count would come again when a backup is restored.
    """
    SET.run(name=STATE, value=token_hex(8))


def state() -> str:
    """The state of what is stored: as long as it is the same, so are the answers."""
    row = VALUE.row(name=STATE)
    return row[0] if row else ""
