"""Facts: known ids, and inserts."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import Any

from growth.database.compiled import Rows, deleted, inserted, parameter_rows, select_joined, upsert
from growth.database.statements import fields, key
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


def same_costs() -> Any:
    """The stored costs with the same day and names as sent."""
    given = parameter_rows(*(column.name for column in key(CostRecord)))
    is_same = [column == getattr(given.c, column.name) for column in key(CostRecord)]
    return select_joined(given, CostRecord, reduce(and_, is_same), *fields(CostRecord))


SAME_COSTS = Rows(same_costs)
UPSERT_COSTS = Rows(lambda: upsert(CostRecord))
DELETE_COSTS = Rows(lambda: deleted(CostRecord))
