"""Marks: notes of the service about itself. Each mark is a name and a text."""

from __future__ import annotations

from secrets import token_hex

from peewee import PeeweeException, TextField

from growth.database.statements import Record, replace


class MarkRecord(Record):
    """A note, such as the progress of a rebuild."""

    table = "marks"

    name = TextField(primary_key=True)
    value = TextField()


def read_mark(name: str) -> str | None:
    """The text of a mark. None if there is no such mark."""
    mark = MarkRecord.get_or_none(MarkRecord.name == name)
    return mark and str(mark.value)


def write_mark(name: str, value: str) -> None:
    replace(MarkRecord, {"name": name, "value": value})


def drop_mark(name: str) -> None:
    MarkRecord.delete().where(MarkRecord.name == name).execute()


STATE = "state"
"""The names of state marks start with this. A transaction that may change an answer changes a state
mark."""


MAINTENANCE = "maintenance"
"""The mark of a running command that may hold the database's lock. The text of the mark is its time
of expiry and the name of the command."""

MAINTENANCE_US = 600 * 1_000_000
"""The mark expires after this many microseconds, because a killed command leaves it behind."""


def announce(work: str, now: int) -> None:
    """Record that the command `work` may hold the database's lock from now on."""
    write_mark(MAINTENANCE, f"{now + MAINTENANCE_US} {work}")


def end_announced() -> None:
    """Record that the command has ended."""
    drop_mark(MAINTENANCE)


def maintenance_at(now: int) -> str | None:
    """The command that may hold the database's lock.

    None if there is no such command, or if its mark cannot be read.
    """
    try:
        mark = read_mark(MAINTENANCE)
    except PeeweeException:
        return None
    until, _, work = mark.partition(" ") if mark else ("0", "", "")
    return work if int(until) > now else None


def change_state(slot: int = 0) -> None:
    """Record within a transaction that answers may differ from now on.

    It writes a random text to a state mark. A counter would repeat its values after a backup is
    restored. There is a mark for each slot, so that writers do not wait for each other.
    """
    write_mark(f"{STATE} {slot}" if slot else STATE, token_hex(8))


def state() -> str:
    """The texts of all state marks. While they are the same, answers are the same."""
    marks = MarkRecord.select(MarkRecord.value).order_by(MarkRecord.name)
    rows = marks.where(MarkRecord.name.between(STATE, f"{STATE} ~")).tuples()
    return " ".join(value for (value,) in rows)
