"""SQL views for analysts, with the same columns on every engine. docs/views.md describes them.

To change a view after a release, add a migration that drops all views and makes them again.
"""

from __future__ import annotations

from typing import Any

from growth.views.dialect import Dialect
from growth.views.main import MAIN
from growth.views.reports import REPORTED
from growth.views.staging import STAGING

VIEWS = {**STAGING, **MAIN, **REPORTED}
"""For each view, the function that writes its query."""


def create_views(found: Any) -> None:
    """Make all views. They must not exist yet."""
    dialect = Dialect(is_postgres=not found.is_file)
    for name, query in VIEWS.items():
        found.execute_sql(f"CREATE VIEW {name} AS {query(dialect)}")


def drop_views(found: Any) -> None:
    for name in VIEWS:
        found.execute_sql(f"DROP VIEW IF EXISTS {name}")
