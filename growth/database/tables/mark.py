"""What the service remembers of itself: a name and a text."""

from __future__ import annotations

from secrets import token_hex

from peewee import PeeweeException, TextField

from growth.database.statements import Record, replace


class MarkRecord(Record):
    """For example the anchor of the seeds, or how far a rebuild came."""

    table = "marks"

    name = TextField(primary_key=True)
    value = TextField()


STATE = "state"
"""The marks of which every transaction changes one that may change an answer."""


MAINTENANCE = "maintenance"
"""The mark of a command of ours that may hold the lock: until when, and which."""

MAINTENANCE_US = 600 * 1_000_000
"""How long such a mark counts, in microseconds, so that a command that was killed leaves none."""


def announce(work: str, now: int) -> None:
    """Say that a command of ours may hold the lock from now on."""
    replace(MarkRecord, {"name": MAINTENANCE, "value": f"{now + MAINTENANCE_US} {work}"})


def end_announced() -> None:
    """Say that it is over."""
    MarkRecord.delete().where(MarkRecord.name == MAINTENANCE).execute()


def maintenance_at(now: int) -> str | None:
    """The command of ours that may hold the lock; None if none does, or that cannot be told."""
    try:
        mark = MarkRecord.get_or_none(MarkRecord.name == MAINTENANCE)
    except PeeweeException:
        return None
    until, _, work = mark.value.partition(" ") if mark else ("0", "", "")
    return work if int(until) > now else None


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
