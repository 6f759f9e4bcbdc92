"""The views for analysts: tables as people read them, the same on every engine; docs/views.md.

A view that changes after a release takes a migration, which drops all and makes them anew.
"""

from __future__ import annotations

from typing import Any

from growth.views.dialect import Dialect
from growth.views.main import MAIN
from growth.views.reports import REPORTED
from growth.views.staging import STAGING

VIEWS = {**STAGING, **MAIN, **REPORTED}
"""The function that makes the query of each view, by name."""


def create_views(found: Any) -> None:
    """Make all views. They must not exist yet."""
    dialect = Dialect(is_postgres=not found.is_file)
    for name, query in VIEWS.items():
        found.execute_sql(f"CREATE VIEW {name} AS {query(dialect)}")


def drop_views(found: Any) -> None:
    for name in VIEWS:
        found.execute_sql(f"DROP VIEW IF EXISTS {name}")
