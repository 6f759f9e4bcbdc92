"""The database proxy, columns and keys of records, and parts of queries."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from peewee import (
    CTE,
    SQL,
    DatabaseProxy,
    Model,
    ValuesList,
    fn,
)
from playhouse.shortcuts import model_to_dict

database = DatabaseProxy()


class Record(Model):
    """The base of all records; `table` is the name of its table."""

    table = ""

    class Meta:
        database = database
        legacy_table_names = False
        table_function = attrgetter("table")


def rows_of(query: Any) -> Iterator[tuple[Any, ...]]:
    """The rows of a query as the driver returns them. Conversion by peewee would be slow."""
    found: Iterator[tuple[Any, ...]] = database.execute(query)
    return found


def value_rows(rows: Sequence[Sequence[Any]], *columns: str) -> CTE:
    """A table named `given` that has the rows, to join with.

    The query must name this table in `with_cte`.
    """
    return CTE("given", ValuesList(rows), columns=columns)


def replace(record: type[Model], row: Mapping[str, Any]) -> None:
    """Insert a row, or replace the row with the same key."""
    rest = beside_key(record)
    query = record.insert(row).on_conflict(
        action="update" if rest else "nothing", conflict_target=key(record), preserve=rest
    )
    query.as_rowcount().execute()


def number(flag: Any) -> Any:
    """A boolean column as 0 or 1. PostgreSQL cannot sum booleans without the cast."""
    return flag.cast("integer")


def by_place(columns: Sequence[Any]) -> list[Any]:
    """The numbers 1, 2, … for GROUP BY. The number n stands for the n-th column that is selected.

    If GROUP BY repeated the expression of a column with its parameters, PostgreSQL would not see
    that both expressions are the same.
    """
    return [SQL(str(place)) for place in range(1, len(columns) + 1)]


def fields(record: Any, of: type | None = None) -> list[Any]:
    """The columns of a record. With a dataclass `of`, only the columns named like its fields."""
    names = columns_of(record) if of is None else names_of(of)
    return [getattr(record, name) for name in names]


@cache
def names_of(of: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(of))


@cache
def columns_of(record: Any) -> tuple[str, ...]:
    """The names of a record's columns, in their order."""
    return tuple(model_to_dict(record()))


@cache
def key_names(record: Any) -> tuple[str, ...]:
    """The names of the columns of a record's primary key."""
    names = record(**{name: name for name in columns_of(record)}).get_id()
    return names if isinstance(names, tuple) else (names,)


def key(record: Any) -> list[Any]:
    """The columns of a record's primary key."""
    return [getattr(record, name) for name in key_names(record)]


def beside_key(record: Any) -> list[Any]:
    """The columns of a record that are not in its primary key."""
    return [field for field in fields(record) if field.name not in key_names(record)]


MILLION = 1_000_000


def wide(number: Any) -> tuple[Any, Any]:
    """The sum of a number in two columns, because one sum could overflow on SQLite.

    The first column is the sum of the whole millions, the second the sum of the remainders.
    """
    return fn.SUM(number / MILLION), fn.SUM(rest_of(number))


def joined(millions: int | None, rest: int | None) -> int:
    """The total of the two columns of `wide`."""
    return int(millions or 0) * MILLION + int(rest or 0)


def rest_of(number: Any) -> Any:
    """A number modulo a million. peewee's operator `%` is not used, because it means LIKE."""
    return number - number / MILLION * MILLION


def values_of(column: Any, *conditions: Any) -> set[str]:
    rows = column.model.select(column).where(*conditions).distinct().tuples()
    return {value for (value,) in rows}


def delete_where(record: Any, condition: Any) -> int:
    return int(record.delete().where(condition).execute())


def exists(record: Any, condition: Any) -> bool:
    return bool(record.select().where(condition).exists())
