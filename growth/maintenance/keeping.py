"""Remembers the retention in days. Only a command of the operator makes it shorter."""

from __future__ import annotations

from growth.database.statements import replace
from growth.database.tables import EventRecord, MarkRecord, PageviewRecord

MARK = "retention"


def is_shorter(days: int) -> bool:
    """Whether the retention is shorter than before; 0 days keeps all."""
    mark = MarkRecord.get_or_none(MarkRecord.name == MARK)
    kept = int(mark.value) if mark else 0
    if not days or (kept and days >= kept):
        return False
    return any(each.select().exists() for each in (PageviewRecord, EventRecord))


def keep_days(days: int) -> None:
    """Record the retention in days."""
    replace(MarkRecord, {"name": MARK, "value": str(days)})


def adopt_days(days: int) -> bool:
    """Record the retention unless it is shorter than before; return whether it was recorded."""
    if is_shorter(days):
        return False
    keep_days(days)
    return True
