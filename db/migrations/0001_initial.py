"""All tables, as the records declare them.

Nothing has been released yet, so one migration makes them. With the first release the tables are
written out here, and every later change of a record gets a migration of its own.
"""

from growth.database.tables import RECORDS


def up(migrator, db):
    with db.bind_ctx(RECORDS):
        db.create_tables(RECORDS)
