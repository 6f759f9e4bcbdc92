"""Runs one statement over many rows.

peewee compiles the statement for one row. For more rows, `Rows` repeats the text of this row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import chain
from operator import and_
from typing import Any

from peewee import CTE, Select, Value, ValuesList

from growth.database.statements import beside_key, database, fields, key

MOST_ROWS = 250
"""One statement has at most this many rows."""

MOST_VALUES = 30_000
"""One statement has at most this many values. SQLite allows 32,766, PostgreSQL 65,535."""

Row = Sequence[Any]

VALUES = re.compile(r"VALUES (\((?:\?|%s)(?:, (?:\?|%s))*\))")
WHERE = re.compile(r" WHERE (.*)")
"""`VALUES` finds the text of a row in an INSERT or SELECT, and `WHERE` finds it in a DELETE. `Rows`
repeats this text for each row."""


class Parameter:
    """A placeholder in a compiled statement. Its value is given when the statement runs."""

    def __init__(self, name: str) -> None:
        self.name = name


@dataclass(frozen=True)
class Compiled:
    """A statement, split into texts and parameters.

    `head` stands before the rows, `group` is one row, `joint` stands between two rows, and `tail`
    stands after the rows. `before` and `after` are the parameters of `head` and `tail`. A row has
    `width` parameters.
    """

    head: str
    group: str
    joint: str
    tail: str
    before: list[Any]
    after: list[Any]
    width: int

    @cached_property
    def most(self) -> int:
        return min(MOST_ROWS, MOST_VALUES // self.width)

    def sql(self, size: int) -> str:
        return f"{self.head}{self.joint.join([self.group] * size)}{self.tail}"


class Rows:
    """A statement whose parameters are the values of many rows.

    `build` makes the query for one row of parameters. Building a query takes several times as long
    as executing it, so `Rows` builds it only once. Each statement is a round trip to the server, so
    `Rows` puts many rows into one statement. This example finds the users of two visitors:

    >>> USERS = Rows(lambda: select_users(parameter_rows("fingerprint")))
    >>> USERS.all([("b998",), ("c102",)])
    """

    def __init__(self, build: Callable[[], Any]) -> None:
        self.build = build
        self.statements: dict[type, Compiled] = {}

    def all(self, rows: Sequence[Row]) -> list[tuple[Any, ...]]:
        """Run the statement with the given rows. Return the rows that it finds."""
        return [found for cursor in self.cursors(rows) for found in cursor.fetchall()]

    def run(self, rows: Sequence[Row]) -> int:
        """Run the statement with the given rows. Return how many rows it writes or deletes."""
        return sum(cursor.rowcount for cursor in self.cursors(rows))

    def cursors(self, rows: Sequence[Row]) -> Iterator[Any]:
        if not rows:
            return
        statement = self.compile()
        for start in range(0, len(rows), statement.most):
            some = rows[start : start + statement.most]
            values = chain(statement.before, chain.from_iterable(some), statement.after)
            yield database.execute_sql(statement.sql(len(some)), list(values))

    def compile(self) -> Compiled:
        engine = type(database.obj)
        if engine not in self.statements:
            self.statements[engine] = in_parts(*self.build().sql())
        return self.statements[engine]


def in_parts(sql: str, params: Sequence[Any]) -> Compiled:
    pattern, joint = (WHERE, " OR ") if sql.startswith("DELETE") else (VALUES, ", ")
    found = pattern.search(sql)
    assert found is not None, sql
    places = [place for place, each in enumerate(params) if type(each) is Parameter]
    first, past = places[0], places[-1] + 1
    return Compiled(
        head=sql[: found.start(1)],
        group=found[1],
        joint=joint,
        tail=sql[found.end(1) :],
        before=list(params[:first]),
        after=list(params[past:]),
        width=past - first,
    )


def row(*columns: str) -> tuple[Value, ...]:
    """A row that has a `Parameter` for each column."""
    return tuple(Value(Parameter(column), converter=False) for column in columns)


def parameter_rows(*columns: str) -> CTE:
    """A table named `given`, to join with. It has the rows passed to `Rows.all` or `Rows.run`.

    The query must name this table in `with_cte`.
    """
    return CTE("given", ValuesList([row(*columns)]), columns=columns)


def insert(record: Any) -> Any:
    """An INSERT of whole rows. Rows whose key exists already are skipped."""
    return inserted(record).on_conflict(conflict_target=key(record), action="nothing")


def upsert(record: Any) -> Any:
    """An INSERT of whole rows that replaces rows with the same key.

    Two rows of one statement must not have the same key.
    """
    query = inserted(record)
    return query.on_conflict(conflict_target=key(record), preserve=beside_key(record))


def inserted(record: Any) -> Any:
    columns = fields(record)
    return record.insert_many([row(*(field.name for field in columns))], fields=columns)


def deleted(record: Any, *conditions: Any) -> Any:
    """A DELETE of the rows whose primary keys are passed to `Rows.run`, if they meet `conditions`.

    The SQL joins the keys with OR. With `key IN ((…), (…))`, SQLite would read the whole table.
    """
    return deleted_by(record, [field.name for field in key(record)], *conditions)


def deleted_by(record: Any, names: Sequence[str], *conditions: Any) -> Any:
    """Like `deleted`, but `Rows.run` takes the values of the columns `names`, not primary keys."""
    are_same = [
        getattr(record, name) == value for name, value in zip(names, row(*names), strict=True)
    ]
    return record.delete().where(reduce(and_, [*are_same, *conditions]))


def select_about(given: CTE, *columns: Any) -> Any:
    """A query that computes `columns` for each row of `given`."""
    return Select([given], columns).with_cte(given).bind(database)


def select_joined(given: CTE, record: Any, on: Any, *columns: Any) -> Any:
    """A query that joins a record with `given` and selects columns."""
    return record.select(*columns).from_(given).join(record, on=on).with_cte(given)


def rows_with(record: Any, *names: str) -> Any:
    """A query that finds the rows whose columns `names` equal the values passed to `Rows.all`."""
    given = parameter_rows(*names)
    is_same = [getattr(record, name) == getattr(given.c, name) for name in names]
    return select_joined(given, record, reduce(and_, is_same), *fields(record))
