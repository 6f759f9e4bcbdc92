"""Marks: small states of the service itself, as a name and a text."""

from __future__ import annotations

from secrets import token_hex

from peewee import PeeweeException, TextField

from growth.database.statements import Record, replace


class MarkRecord(Record):
    """For example the anchor of the seeds, or the progress of a rebuild."""

    table = "marks"

    name = TextField(primary_key=True)
    value = TextField()


STATE = "state"
"""The name of the marks of state. A transaction that may change an answer changes one of them."""


MAINTENANCE = "maintenance"
"""The mark of a running command that may hold the lock: its end at the latest, and its name."""

MAINTENANCE_US = 600 * 1_000_000
"""How long such a mark counts, in microseconds. So that of a killed command expires."""


def announce(work: str, now: int) -> None:
    """Record that a command may hold the lock from now on."""
    replace(MarkRecord, {"name": MAINTENANCE, "value": f"{now + MAINTENANCE_US} {work}"})


def end_announced() -> None:
    """Record that the command has ended."""
    MarkRecord.delete().where(MarkRecord.name == MAINTENANCE).execute()


def maintenance_at(now: int) -> str | None:
    """The command that may hold the lock. None if there is none, or the mark cannot be read."""
    try:
        mark = MarkRecord.get_or_none(MarkRecord.name == MAINTENANCE)
    except PeeweeException:
        return None
    until, _, work = mark.value.partition(" ") if mark else ("0", "", "")
    return work if int(until) > now else None


def change_state(slot: int = 0) -> None:
    """Record within a transaction that answers may differ from now on.

    The text is random: a counter would repeat after a restored backup. There is one mark for each
    slot, so that writers do not wait for each other.
    """
    replace(MarkRecord, {"name": f"{STATE} {slot}" if slot else STATE, "value": token_hex(8)})


def state() -> str:
    """The state of the database. While it is the same, so are all answers."""
    marks = MarkRecord.select(MarkRecord.value).order_by(MarkRecord.name)
    rows = marks.where(MarkRecord.name.between(STATE, f"{STATE} ~")).tuples()
    return " ".join(value for (value,) in rows)
