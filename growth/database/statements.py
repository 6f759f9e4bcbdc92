"""What all records share: the database proxy, and statements compiled once."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any

from peewee import (
    CTE,
    EXCLUDED,
    SQL,
    DatabaseProxy,
    Model,
    Value,
    ValuesList,
)
from playhouse.shortcuts import model_to_dict

database = DatabaseProxy()


class Record(Model):
    """What all tables share; `table` is the name of one."""

    table = ""

    class Meta:
        database = database
        legacy_table_names = False
        table_function = attrgetter("table")


class Parameter:
    """Stands in a compiled statement for a value given when it runs."""

    def __init__(self, name: str) -> None:
        self.name = name


def param(name: str) -> Value:
    """A named parameter for the query of a `Statement`."""
    return Value(Parameter(name), converter=False)


class Statement:
    """A query that peewee compiles once and that runs with new values each time.

    Building a query anew for each row costs several times the insert itself.

    >>> LATEST = Statement(lambda: Visit.select().where(Visit.fingerprint == param("fingerprint")))
    >>> LATEST.rows(fingerprint="b998")
    """

    def __init__(self, build: Callable[[], Any]) -> None:
        self.build = build
        self.compiled: dict[type, tuple[str, Binder]] = {}

    def run(self, **values: Any) -> Any:
        """Execute with `values` and return the cursor."""
        return self.execute(values)

    def execute(self, values: Mapping[str, Any]) -> Any:
        sql, bind = self.compile()
        return database.execute_sql(sql, bind(values))

    def run_many(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Execute with the values of each row."""
        for row in rows:
            self.execute(row)

    def compile(self) -> tuple[str, Binder]:
        engine = type(database.obj)
        if engine not in self.compiled:
            sql, params = self.build().sql()
            self.compiled[engine] = sql, binder(params)
        return self.compiled[engine]

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """All rows as tuples."""
        rows: list[tuple[Any, ...]] = self.execute(values).fetchall()
        return rows

    def row(self, **values: Any) -> tuple[Any, ...] | None:
        """The first row, or None."""
        row: tuple[Any, ...] | None = self.execute(values).fetchone()
        return row


def rows_of(query: Any) -> Iterator[tuple[Any, ...]]:
    """The rows of a query as the database returns them: peewee looks at every value of a row."""
    found: Iterator[tuple[Any, ...]] = database.execute(query)
    return found


Binder = Callable[[Mapping[str, Any]], Sequence[Any]]


def binder(params: Sequence[Any]) -> Binder:
    """What puts named values in the places of parameters."""
    if len(params) > 1 and all(type(p) is Parameter for p in params):
        return itemgetter(*(p.name for p in params))
    return lambda values: [values[p.name] if type(p) is Parameter else p for p in params]


class Batch:
    """A query over many rows of values, compiled once for each power of two of them.

    `build` gets how many rows there are; its parameters are filled in their order. One statement
    for many rows is not only cheaper: the driver lets go of the interpreter at every step that it
    makes, and has to wait for it again while other threads are busy.
    """

    MOST = 64

    def __init__(self, build: Callable[[int], Any]) -> None:
        self.build = build
        self.compiled: dict[tuple[type, bool, int], tuple[str, list[Any]]] = {}

    def rows(self, given: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
        """What the query returns for all the rows given."""
        return [row for cursor in self.cursors(given) for row in cursor.fetchall()]

    def run(self, given: Sequence[Sequence[Any]]) -> int:
        """Execute with all the rows given; return how many rows were written."""
        return sum(cursor.rowcount for cursor in self.cursors(given))

    def cursors(self, given: Sequence[Sequence[Any]]) -> Iterator[Any]:
        start = 0
        while start < len(given):
            size = min(self.MOST, 1 << (len(given) - start).bit_length() - 1)
            sql, params = self.sized(size)
            values = list(chain.from_iterable(given[start : start + size]))
            if len(params) != len(values):  # it has values of its own
                flat = iter(values)
                values = [next(flat) if type(p) is Parameter else p for p in params]
            yield database.execute_sql(sql, values)
            start += size

    def sized(self, size: int) -> tuple[str, list[Any]]:
        asked = type(database.obj), database.is_cluster, size
        if asked not in self.compiled:
            self.compiled[asked] = self.build(size).sql()
        return self.compiled[asked]


def asked(size: int, *columns: str) -> CTE:
    """A table of parameters, `size` rows of the columns, to join with."""
    row = tuple(param(column) for column in columns)
    return CTE("asked", ValuesList([row] * size), columns=columns)


def given(rows: Sequence[Sequence[Any]], *columns: str) -> CTE:
    """A table of the rows given, to join with; a query names it by `with_cte`."""
    return CTE("given", ValuesList(rows), columns=columns)


def among(column: Any, size: int, *more: Any) -> Any:
    """A query of the rows in which a column has one of so many values: it, and more columns."""
    values = [param(column.name) for _ in range(size)]
    return column.model.select(column, *more).where(column.in_(values))


def insert(record: type[Model]) -> Any:
    """An insert of every column as a named parameter; a row with its key already there stays."""
    return record.insert({field: param(field.name) for field in fields(record)}).on_conflict(
        conflict_target=key(record), action="nothing"
    )


def upsert(record: type[Model], size: int = 1) -> Any:
    """An insert of every column as a named parameter that replaces the row of the same key.

    For `size` rows at once, each with a key of its own.
    """
    names = [field.name for field in key(record)]
    rest = [field for field in fields(record) if field.name not in names]
    row = [param(field.name) for field in fields(record)]
    return record.insert_many([row] * size, fields=fields(record)).on_conflict(
        conflict_target=key(record), preserve=rest
    )


def added(record: type[Model], *names: str, more: Mapping[Any, Any] | None = None) -> Any:
    """An insert of every column that adds the named ones to the row of the same key, if there is.

    `more` says what becomes of other columns of that row.
    """
    columns = [getattr(record, name) for name in names]
    sums = {column: column + getattr(EXCLUDED, column.name) for column in columns}
    return record.insert({field: param(field.name) for field in fields(record)}).on_conflict(
        conflict_target=key(record), update={**sums, **(more or {})}
    )


def replace(record: type[Model], row: Mapping[str, Any]) -> None:
    """Insert a row, or make the row of the same key the same."""
    names = [field.name for field in key(record)]
    rest = [field for field in fields(record) if field.name not in names]
    query = record.insert(row).on_conflict(
        action="update" if rest else "nothing", conflict_target=key(record), preserve=rest
    )
    query.as_rowcount().execute()


def delete(record: type[Model]) -> Any:
    """A delete by primary key, with the key's columns as named parameters."""
    query = record.delete()
    for field in key(record):
        query = query.where(field == param(field.name))
    return query


def number(flag: Any) -> Any:
    """A boolean as 0 or 1, which PostgreSQL does not take it for by itself."""
    return flag.cast("integer")


def by_place(columns: Sequence[Any]) -> list[Any]:
    """The first columns of a query, to group by: named by their places, for to PostgreSQL an
    expression with parameters is another one each time it comes."""
    return [SQL(str(place)) for place in range(1, len(columns) + 1)]


def fields(record: Any, of: type | None = None) -> list[Any]:
    """The columns of a record: all, or those of the dataclass it keeps, in its order."""
    names = columns_of(record) if of is None else names_of(of)
    return [getattr(record, name) for name in names]


def values(kept: Any) -> dict[str, Any]:
    """The fields of a dataclass instance by name, nothing copied."""
    return {name: getattr(kept, name) for name in names_of(kept.__class__)}


@cache
def names_of(of: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(of))


@cache
def columns_of(record: Any) -> tuple[str, ...]:
    """The names of a record's columns, in their order."""
    return tuple(model_to_dict(record()))


@cache
def key_names(record: Any) -> tuple[str, ...]:
    """The names of the columns of a record's primary key: the key of a row that holds its names."""
    names = record(**{name: name for name in columns_of(record)}).get_id()
    return names if isinstance(names, tuple) else (names,)


def key(record: Any) -> list[Any]:
    """The columns of a record's primary key."""
    return [getattr(record, name) for name in key_names(record)]
