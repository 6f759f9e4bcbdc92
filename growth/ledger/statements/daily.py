"""Daily visits: their origins, and adding to their rows."""

from __future__ import annotations

from typing import Any

from peewee import EXCLUDED, SQL

from growth.database.compiled import Rows, deleted, insert, inserted, parameter_rows, select_joined
from growth.database.statements import key
from growth.database.tables import CountryRollupRecord, OriginRecord, RollupRecord
from growth.database.tables.rollup import FIGURES


def known_origins() -> Any:
    given, origin = parameter_rows("id"), OriginRecord
    return select_joined(given, origin, origin.id == given.c.id, origin.id)


def add_figures(record: Any) -> Any:
    """Add the figures to the rows with these keys, or insert them."""
    columns = [getattr(record, name) for name in FIGURES]
    sums = {column: column + getattr(EXCLUDED, column.name) for column in columns}
    return inserted(record).on_conflict(conflict_target=key(record), update=sums)


def delete_empty_rows(record: Any) -> Any:
    return deleted(record, *(getattr(record, name) == SQL("0") for name in FIGURES))


KNOWN_ORIGINS = Rows(known_origins)
INSERT_ORIGINS = Rows(lambda: insert(OriginRecord))
ADD_DAYS = Rows(lambda: add_figures(RollupRecord))
ADD_COUNTRIES = Rows(lambda: add_figures(CountryRollupRecord))
DELETE_EMPTY_DAYS = Rows(lambda: delete_empty_rows(RollupRecord))
DELETE_EMPTY_COUNTRIES = Rows(lambda: delete_empty_rows(CountryRollupRecord))
