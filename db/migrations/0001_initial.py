"""Makes all tables as the classes in growth/database/tables declare them.

Nothing has been released yet, so one migration is enough. With the first release, the tables are
written out here. Every later change of a record gets a migration of its own.
"""

from growth.database.tables import RECORDS


def up(migrator, db):
    with db.bind_ctx(RECORDS):
        db.create_tables(RECORDS)
