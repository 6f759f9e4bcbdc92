"""For how long the database was kept so far: a shorter time is put in force by hand alone."""

from __future__ import annotations

from growth.database.statements import replace
from growth.database.tables import EventRecord, MarkRecord, PageviewRecord

MARK = "retention"


def is_shorter(days: int) -> bool:
    """Whether facts are to be kept for less than they were so far; 0 days keeps all."""
    mark = MarkRecord.get_or_none(MarkRecord.name == MARK)
    kept = int(mark.value) if mark else 0
    if not days or (kept and days >= kept):
        return False
    return any(each.select().exists() for each in (PageviewRecord, EventRecord))


def keep_days(days: int) -> None:
    """Say for how many days facts are kept from now on."""
    replace(MarkRecord, {"name": MARK, "value": str(days)})


def adopt_days(days: int) -> bool:
    """Say so unless that is shorter; whether it could be."""
    if is_shorter(days):
        return False
    keep_days(days)
    return True
