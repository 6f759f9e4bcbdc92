"""What all records share: the database proxy, and statements compiled once."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from peewee import DatabaseProxy, Model, Value

database = DatabaseProxy()


class Record(Model):
    class Meta:
        database = database
        legacy_table_names = False


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
        self.compiled: tuple[str, list[Any]] | None = None

    def run(self, **values: Any) -> Any:
        """Execute with `values` and return the cursor."""
        return self.execute(values)

    def execute(self, values: Mapping[str, Any]) -> Any:
        if self.compiled is None:
            self.compiled = self.build().sql()
        sql, params = self.compiled
        return database.execute_sql(
            sql, [values[p.name] if isinstance(p, Parameter) else p for p in params]
        )

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """All rows as tuples."""
        rows: list[tuple[Any, ...]] = self.execute(values).fetchall()
        return rows

    def row(self, **values: Any) -> tuple[Any, ...] | None:
        """The first row, or None."""
        row: tuple[Any, ...] | None = self.execute(values).fetchone()
        return row


def insert(record: type[Model]) -> Any:
    """An insert of every column as a named parameter; a row with its key already there stays."""
    return record.insert({field: param(field.name) for field in fields(record)}).on_conflict(
        conflict_target=key(record), action="nothing"
    )


def upsert(record: type[Model]) -> Any:
    """An insert of every column as a named parameter that replaces the row of the same key."""
    names = [field.name for field in key(record)]
    rest = [field for field in fields(record) if field.name not in names]
    return record.insert({field: param(field.name) for field in fields(record)}).on_conflict(
        conflict_target=key(record), preserve=rest
    )


def delete(record: type[Model]) -> Any:
    """A delete by primary key, with the key's columns as named parameters."""
    query = record.delete()
    for field in key(record):
        query = query.where(field == param(field.name))
    return query


def fields(record: type[Model], of: type | None = None) -> list[Any]:
    """The columns of a record: all, or those of the dataclass it keeps, in its order."""
    if of is None:
        return list(record._meta.sorted_fields)
    return [getattr(record, field.name) for field in dataclasses.fields(of)]


def values(kept: Any) -> dict[str, Any]:
    """The fields of a dataclass instance by name, nothing copied."""
    return {field.name: getattr(kept, field.name) for field in dataclasses.fields(kept)}


def key(record: type[Model]) -> list[Any]:
    return list(record._meta.get_primary_keys())
