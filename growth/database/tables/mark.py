"""What the service remembers of itself: a name and a text."""

from __future__ import annotations

from secrets import token_hex

from peewee import TextField

from growth.database.statements import Record, replace


class MarkRecord(Record):
    """For example the anchor of the seeds, or how far a rebuild came."""

    table = "marks"

    name = TextField(primary_key=True)
    value = TextField()


STATE = "state"
"""The marks of which every transaction changes one that may change an answer."""


def change_state(slot: int = 0) -> None:
    """Say, within the transaction that makes it so, that answers may differ from now on.

    A random text: a count would come again when a backup is restored. Of each slot there is one, so
    that nobody waits for it.
    """
    replace(MarkRecord, {"name": f"{STATE} {slot}" if slot else STATE, "value": token_hex(8)})


def state() -> str:
    """The state of what is stored: as long as it is the same, so are the answers."""
    marks = MarkRecord.select(MarkRecord.value).order_by(MarkRecord.name)
    rows = marks.where(MarkRecord.name.between(STATE, f"{STATE} ~")).tuples()
    return " ".join(value for (value,) in rows)
