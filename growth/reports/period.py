"""The period of a query: from inclusive, to exclusive."""

from __future__ import annotations

from typing import Any

from peewee import Field

from growth.schemas.query import Query


def within(rows: Any, column: Field, query: Query) -> Any:
    """The rows whose time in `column` lies in the period."""
    if query.start is not None:
        rows = rows.where(column >= query.start)
    if query.end is not None:
        rows = rows.where(column < query.end)
    return rows
