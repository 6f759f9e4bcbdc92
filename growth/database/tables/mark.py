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
"""The names of state marks begin with this word. A transaction that may change the answer to a
query changes the text of a state mark."""


MAINTENANCE = "maintenance"
"""The name of a mark that exists while a command may hold the database's lock. Its text is the time
at which the mark expires, and the name of the command."""

MAINTENANCE_US = 600 * 1_000_000
"""The mark `MAINTENANCE` expires after this time, because a killed command leaves it behind."""


def announce(work: str, now: int) -> None:
    """Record that the command named `work` begins. It can lock the database for a long time."""
    write_mark(MAINTENANCE, f"{now + MAINTENANCE_US} {work}")


def end_announced() -> None:
    """Record that the announced command has ended."""
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
    """Record that the current transaction may change answers: write a random text to a state mark.

    A counter instead of a random text would repeat its values after a backup is restored. There is
    a mark for each slot, so that writers do not wait for each other.
    """
    write_mark(f"{STATE} {slot}" if slot else STATE, token_hex(8))


def state() -> str:
    """The texts of all state marks. While the texts stay the same, answers stay the same, too."""
    marks = MarkRecord.select(MarkRecord.value).order_by(MarkRecord.name)
    rows = marks.where(MarkRecord.name.between(STATE, f"{STATE} ~")).tuples()
    return " ".join(value for (value,) in rows)
