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


def read_mark(name: str) -> str | None:
    """The text of a mark; None if there is no such mark."""
    mark = MarkRecord.get_or_none(MarkRecord.name == name)
    return mark and str(mark.value)


def write_mark(name: str, value: str) -> None:
    replace(MarkRecord, {"name": name, "value": value})


def drop_mark(name: str) -> None:
    MarkRecord.delete().where(MarkRecord.name == name).execute()


STATE = "state"
"""The name of the marks of state. A transaction that may change an answer changes one of them."""


MAINTENANCE = "maintenance"
"""The mark of a running command that may hold the lock: its end at the latest, and its name."""

MAINTENANCE_US = 600 * 1_000_000
"""How long such a mark counts, in microseconds. So that of a killed command expires."""


def announce(work: str, now: int) -> None:
    """Record that a command may hold the lock from now on."""
    write_mark(MAINTENANCE, f"{now + MAINTENANCE_US} {work}")


def end_announced() -> None:
    """Record that the command has ended."""
    drop_mark(MAINTENANCE)


def maintenance_at(now: int) -> str | None:
    """The command that may hold the lock. None if there is none, or the mark cannot be read."""
    try:
        mark = read_mark(MAINTENANCE)
    except PeeweeException:
        return None
    until, _, work = mark.partition(" ") if mark else ("0", "", "")
    return work if int(until) > now else None


def change_state(slot: int = 0) -> None:
    """Record within a transaction that answers may differ from now on.

    The text is random: a counter would repeat after a restored backup. There is one mark for each
    slot, so that writers do not wait for each other.
    """
    write_mark(f"{STATE} {slot}" if slot else STATE, token_hex(8))


def state() -> str:
    """The state of the database. While it is the same, so are all answers."""
    marks = MarkRecord.select(MarkRecord.value).order_by(MarkRecord.name)
    rows = marks.where(MarkRecord.name.between(STATE, f"{STATE} ~")).tuples()
    return " ".join(value for (value,) in rows)
