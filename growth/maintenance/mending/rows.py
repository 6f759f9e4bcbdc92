"""Compares the stored rows of a table with derived rows, and corrects the stored rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from growth.database.statements import key
from growth.maintenance.differences import Difference, Found, Row


def mend_rows(record: Any, stored: Iterable[Row], derived: Iterable[Row], write: bool) -> Found:
    """Yield each difference. With `write`, also correct the stored row."""
    names = [field.name for field in key(record) if field.name != "slot"]
    old, new = ({tuple(row[n] for n in names): row for row in rows} for rows in (stored, derived))
    for each in sorted({**old, **new}):
        if old.get(each) == new.get(each):
            continue
        yield Difference(record.table, each, old.get(each), new.get(each))
        if write:
            same = [getattr(record, n) == value for n, value in zip(names, each, strict=True)]
            record.delete().where(*same).execute()
        if write and each in new:
            record.insert(new[each]).execute()


def dicts_of(query: Any) -> list[Row]:
    return list(query.dicts())
