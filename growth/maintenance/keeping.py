"""Records the retention: the number of days for which facts are kept, or 0 for all facts.

Only `growth purge` makes a recorded retention shorter.
"""

from __future__ import annotations

from growth.database.tables import EventRecord, PageviewRecord
from growth.database.tables.mark import read_mark, write_mark

MARK = "retention"


def has_deeds() -> bool:
    """Whether any pageview or event is stored."""
    return any(each.select().exists() for each in (PageviewRecord, EventRecord))


def is_shorter(days: int) -> bool:
    """Whether a retention of `days` may delete facts that the recorded retention keeps."""
    kept = int(read_mark(MARK) or 0)
    if not days or (kept and days >= kept):
        return False
    return has_deeds()


def keep_days(days: int) -> None:
    """Record the retention in days."""
    write_mark(MARK, str(days))


def adopt_days(days: int) -> bool:
    """Record a retention of `days`, unless it `is_shorter`. Return whether it was recorded."""
    if is_shorter(days):
        return False
    keep_days(days)
    return True
