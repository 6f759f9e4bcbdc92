"""Copies a database that is in use into another, which may be of another engine.

Table by table in the order of their keys, a few rows at a time: what differs is written, what is
not in the source is deleted. So a copy that was broken off, or that has grown old while the source
went on, is brought up to date by the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import orjson
from peewee import Database, Tuple

from growth import reports
from growth.database.engines import DatabaseError
from growth.database.statements import database, fields, key
from growth.database.tables import FACTS, RECORDS, MarkRecord
from growth.database.tables.mark import STATE
from growth.query.query import load_query

ROWS = 500
"""Rows that are compared at once."""

MARK = "copied"
"""Says in a copy which state of the source it is, or that it is unfinished."""

UNFINISHED = "unfinished"

QUESTIONS: tuple[dict[str, str], ...] = (
    {"by": "channel"},
    {"by": "source,medium,campaign"},
    {"by": "day", "event": "purchase"},
    {"by": "country", "model": "linear"},
    {"by": "month", "model": "first_click", "event": "purchase"},
    {"by": "landing_page", "model": "time_decay"},
    {"by": "name"},
    {"by": "conversion", "include": "touches"},
    {"by": "user"},
    {"by": "visit"},
)
"""What both are asked in the end."""

TABLES = [record for record in RECORDS if record is not MarkRecord]

Row = tuple[Any, ...]


class Copying:
    """From one database to another; both are migrated."""

    def __init__(self, source: Database, target: Database, conversions: tuple[str, ...]) -> None:
        self.source = source
        self.target = target
        self.conversions = conversions

    def total(self) -> int:
        """How many rows there are to go through."""
        return sum(count_rows(record, self.source) for record in TABLES)

    def run(self, progress: Callable[[int], None]) -> int:
        """Make the target what the source is now; return how many rows that took.

        Raises DatabaseError if the target holds what is not from a copy, or if it differs in the
        end.
        """
        self.require_copy()
        with self.source.atomic("DEFERRED"):
            self.mark(UNFINISHED)
            written = sum(self.copy(record, progress) for record in TABLES)
            marks = marks_of(self.source)
            put(MarkRecord, self.target, [each for each in marks.items() if each[0] != MARK])
            expected = self.told(self.source)
        found = self.told(self.target)
        if wrong := [name for name in expected if expected[name] != found[name]]:
            raise DatabaseError(f"the copy differs from the source: {', '.join(wrong)}")
        self.mark(state_in(marks))
        return written

    def require_copy(self) -> None:
        """Raise DatabaseError unless the target is empty, or a copy that nobody wrote to since."""
        marks = marks_of(self.target)
        if marks.get(MARK) in (UNFINISHED, state_in(marks)):
            return
        if any(count_rows(record, self.target) for record in FACTS):
            raise DatabaseError("the target holds facts of its own; name an empty database")

    def mark(self, text: str) -> None:
        put(MarkRecord, self.target, [(MARK, text)])

    def copy(self, record: Any, progress: Callable[[int], None]) -> int:
        """Make a table the same; return how many rows were written or deleted."""
        written, after = 0, None
        for chunk in chunks(record, self.source):
            last = chunk[-1] if len(chunk) == ROWS else None
            held = set(rows(record, self.target, after, last))
            kept = {key_of(record, row) for row in chunk}
            gone = [row for row in held if key_of(record, row) not in kept]
            with self.target.atomic("EXCLUSIVE"):
                written += remove(record, self.target, gone)
                written += put(record, self.target, [row for row in chunk if row not in held])
            progress(len(chunk))
            after = last
        return written

    def told(self, of: Database) -> dict[str, Any]:
        """How many rows each table has, and what the reports say."""
        told: dict[str, Any] = {
            f"rows of {record.table}": count_rows(record, of) for record in TABLES
        }
        database.initialize(of)
        for asked in QUESTIONS:
            answer = reports.answer(load_query(asked, 0, self.conversions))
            told[urlencode(asked)] = orjson.dumps(answer)
        return told


def marks_of(of: Database) -> dict[str, str]:
    return {row[0]: row[1] for row in rows(MarkRecord, of)}


def state_in(marks: Mapping[str, str]) -> str:
    return " ".join(marks[name] for name in sorted(marks) if name.startswith(STATE))


def chunks(record: Any, of: Database) -> Iterator[list[Row]]:
    """The rows by their keys, some at a time; the last chunk is not full, and may be empty."""
    after: Row | None = None
    while True:
        chunk = rows(record, of, after, limit=ROWS)
        yield chunk
        if len(chunk) < ROWS:
            return
        after = chunk[-1]


def rows(
    record: Any,
    of: Database,
    after: Row | None = None,
    last: Row | None = None,
    limit: int | None = None,
) -> list[Row]:
    """Rows past the key of one and up to that of another."""
    columns, query = Tuple(*key(record)), record.select(*fields(record))
    if after is not None:
        query = query.where(columns > Tuple(*key_of(record, after)))
    if last is not None:
        query = query.where(columns <= Tuple(*key_of(record, last)))
    return list(query.order_by(*key(record)).limit(limit).tuples().execute(of))


def key_of(record: Any, row: Row) -> Row:
    named: Mapping[Any, Any] = dict(zip(fields(record), row, strict=True))
    return tuple(named[field] for field in key(record))


def put(record: Any, into: Database, given: list[Row]) -> int:
    """Insert rows, or make those of the same keys the same."""
    if not given:
        return 0
    names = [field.name for field in key(record)]
    rest = [field for field in fields(record) if field.name not in names]
    query = record.insert_many(given, fields=fields(record)).on_conflict(
        action="update" if rest else "nothing", conflict_target=key(record), preserve=rest
    )
    query.as_rowcount().execute(into)
    return len(given)


def remove(record: Any, of: Database, given: list[Row]) -> int:
    """Delete the rows with the keys of those given."""
    for row in given:
        query = record.delete()
        for field, value in zip(key(record), key_of(record, row), strict=True):
            query = query.where(field == value)
        query.execute(of)
    return len(given)


def count_rows(record: Any, of: Database) -> int:
    found: int = record.select().count(of)
    return found
