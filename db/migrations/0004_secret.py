"""A secret of the database's own, which seals cursors."""

from secrets import token_hex


def up(migrator, db):
    db.execute_sql(f"INSERT INTO marks (name, value) VALUES ('secret', '{token_hex(16)}')")
