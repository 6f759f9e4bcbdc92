"""Facts: known ids, and inserts."""

from __future__ import annotations

from typing import Any

from growth.database.compiled import (
    Rows,
    deleted,
    inserted,
    parameter_rows,
    rows_with,
    select_joined,
    upsert,
)
from growth.database.statements import key_names
from growth.database.tables import CostRecord, EventRecord, PageviewRecord


def held(record: Any, subject: Any) -> Any:
    """Subject, id and digest of the stored facts with these ids."""
    given = parameter_rows("subject", "fact_id")
    is_named = (subject == given.c.subject) & (record.fact_id == given.c.fact_id)
    return select_joined(given, record, is_named, subject, record.fact_id, record.digest)


def insert_new(record: Any, subject: Any) -> Any:
    """Insert facts whose key and id are new; return the keys of the inserted ones."""
    insert = inserted(record).on_conflict(action="nothing")
    return insert.returning(subject, record.created_at, record.digest)


HELD_PAGEVIEWS = Rows(lambda: held(PageviewRecord, PageviewRecord.fingerprint))
HELD_EVENTS = Rows(lambda: held(EventRecord, EventRecord.subject))
INSERT_PAGEVIEWS = Rows(lambda: insert_new(PageviewRecord, PageviewRecord.fingerprint))
INSERT_EVENTS = Rows(lambda: insert_new(EventRecord, EventRecord.subject))


SAME_COSTS = Rows(lambda: rows_with(CostRecord, *key_names(CostRecord)))
"""The stored costs with the same day and names as sent."""

UPSERT_COSTS = Rows(lambda: upsert(CostRecord))
DELETE_COSTS = Rows(lambda: deleted(CostRecord))
