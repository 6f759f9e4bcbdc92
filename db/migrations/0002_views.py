"""Creates the views for analysts, which docs/views.md describes."""

from growth.views import create_views


def up(migrator, db):
    create_views(db)
