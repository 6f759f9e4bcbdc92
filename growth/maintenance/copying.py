"""Copies a database that is in use to another database, also of another engine.

The rows of each table are compared in the order of their keys, ROWS rows at a time. Rows that
differ are written to the target. Rows that the source lacks are deleted from the target. So a
second run completes an unfinished copy, or updates an old copy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import orjson
from peewee import Database, Tuple

from growth import reports
from growth.database.engines import DatabaseError
from growth.database.statements import beside_key, database, fields, key
from growth.database.tables import FACTS, RECORDS, MarkRecord
from growth.database.tables.mark import STATE
from growth.query.query import load_query

ROWS = 500
"""Number of rows of the source to read at a time."""

MARK = "copied"
"""The name of a mark (a named text) in the target.

During a copy, the text of this mark is UNFINISHED. After the copy, it is the result of `state_in`,
which changes when facts or derived rows change.
"""

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
"""Queries that must have the same answers in both databases at the end of a copy."""

TABLES = [record for record in RECORDS if record is not MarkRecord]

Row = tuple[Any, ...]


class Copying:
    """A copy from one database to another. Both databases must be migrated."""

    def __init__(self, source: Database, target: Database, conversions: tuple[str, ...]) -> None:
        self.source = source
        self.target = target
        self.conversions = conversions

    def total(self) -> int:
        """The number of rows in the source, except marks."""
        return sum(count_rows(record, self.source) for record in TABLES)

    def run(self, progress: Callable[[int], None]) -> int:
        """Make the target equal to the source; return how many rows were written or deleted.

        Raises DatabaseError if the target has facts that no copy wrote, or if the target differs
        from the source at the end.
        """
        self.require_copy()
        with self.source.atomic("DEFERRED"):
            self.mark(UNFINISHED)
            written = sum(self.copy(record, progress) for record in TABLES)
            marks = marks_of(self.source)
            put(MarkRecord, self.target, [each for each in marks.items() if each[0] != MARK])
            expected = self.answers(self.source)
        found = self.answers(self.target)
        if wrong := [name for name in expected if expected[name] != found[name]]:
            raise DatabaseError(f"the copy differs from the source: {', '.join(wrong)}")
        self.mark(state_in(marks))
        return written

    def require_copy(self) -> None:
        """Raise DatabaseError if the target has facts that no copy wrote.

        In two cases all facts come from a copy: the last copy was interrupted, or the target has
        not changed since the last copy ended.
        """
        marks = marks_of(self.target)
        if marks.get(MARK) in (UNFINISHED, state_in(marks)):
            return
        if any(count_rows(record, self.target) for record in FACTS):
            raise DatabaseError("the target has facts that no copy wrote; name an empty database")

    def mark(self, text: str) -> None:
        put(MarkRecord, self.target, [(MARK, text)])

    def copy(self, record: Any, progress: Callable[[int], None]) -> int:
        """Make a table of the target equal to the source's. Return how many rows were changed."""
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

    def answers(self, of: Database) -> dict[str, Any]:
        """The number of rows of each table, and the answers to QUESTIONS."""
        found: dict[str, Any] = {
            f"rows of {record.table}": count_rows(record, of) for record in TABLES
        }
        database.initialize(of)
        for asked in QUESTIONS:
            answer = reports.answer(load_query(asked, 0, self.conversions))
            found[urlencode(asked)] = orjson.dumps(answer)
        return found


def marks_of(of: Database) -> dict[str, str]:
    return {row[0]: row[1] for row in rows(MarkRecord, of)}


def state_in(marks: Mapping[str, str]) -> str:
    return " ".join(marks[name] for name in sorted(marks) if name.startswith(STATE))


def chunks(record: Any, of: Database) -> Iterator[list[Row]]:
    """Yield all rows in the order of their keys, in chunks of ROWS rows.

    The last chunk has fewer than ROWS rows. It may be empty.
    """
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
    """The rows that follow the row `after` in the order of their keys.

    With `last`, the list ends at the key of the row `last`.
    """
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
    """Insert rows, or replace the stored rows that have the same keys. Return how many."""
    if not given:
        return 0
    rest = beside_key(record)
    query = record.insert_many(given, fields=fields(record)).on_conflict(
        action="update" if rest else "nothing", conflict_target=key(record), preserve=rest
    )
    query.as_rowcount().execute(into)
    return len(given)


def remove(record: Any, of: Database, given: list[Row]) -> int:
    """Delete the rows that have the same keys as the rows in `given`. Return how many."""
    for row in given:
        query = record.delete()
        for field, value in zip(key(record), key_of(record, row), strict=True):
            query = query.where(field == value)
        query.execute(of)
    return len(given)


def count_rows(record: Any, of: Database) -> int:
    found: int = record.select().count(of)
    return found
