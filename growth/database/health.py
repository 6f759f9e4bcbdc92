"""Checks whether reports can be answered: all migrations have run, and all tables can be read."""

from __future__ import annotations

from growth.database.connecting import require_current
from growth.database.statements import database, fields
from growth.database.tables import RECORDS

CHECK_SECONDS = 5
"""Timeout of the check."""


def require_answers() -> None:
    """Read a row of each table. On a cluster, all nodes have to answer.

    Raises DatabaseError if the SQLite file is missing, or if the migrations that have run are not
    those of this version. Raises StoppedError after CHECK_SECONDS, and PeeweeException if a table
    cannot be read.
    """

    def read() -> None:
        database.require_there()
        with database.stopping_after(CHECK_SECONDS), database.atomic("DEFERRED"):
            require_current(database)
            for record in RECORDS:
                record.select(*fields(record)).limit(1).tuples().first()

    try:
        database.persist(read)
    finally:
        database.release()
