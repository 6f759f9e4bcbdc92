"""SQL views for analysts (docs/views.md). They show readable rows, the same on every engine.

A change of a view after a release needs a migration that drops all views and makes them anew.
"""

from __future__ import annotations

from typing import Any

from growth.views.dialect import Dialect
from growth.views.main import MAIN
from growth.views.reports import REPORTED
from growth.views.staging import STAGING

VIEWS = {**STAGING, **MAIN, **REPORTED}
"""The functions that write the queries of the views, by the name of the view."""


def create_views(found: Any) -> None:
    """Make all views. They must not exist yet."""
    dialect = Dialect(is_postgres=not found.is_file)
    for name, query in VIEWS.items():
        found.execute_sql(f"CREATE VIEW {name} AS {query(dialect)}")


def drop_views(found: Any) -> None:
    for name in VIEWS:
        found.execute_sql(f"DROP VIEW IF EXISTS {name}")
