"""Faults of the database: their reasons, and whether trying again may help."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from peewee import DatabaseError as DriverError
from peewee import DataError, IntegrityError, InterfaceError, OperationalError

from growth.database.engines import DatabaseError, StoppedError
from growth.database.statements import database

DRIVER = (DriverError, InterfaceError)
"""The base classes of peewee's errors. Some errors are due to the database, some to a bad value."""


class Fault(NamedTuple):
    """A fault of the database.

    reason    a word or two
    detail    a sentence that anybody may see
    may_pass  whether the same statement may succeed soon
    cause     the driver's message, for the operator
    """

    reason: str
    detail: str
    may_pass: bool = False
    cause: str = ""

    @property
    def told(self) -> str:
        """The detail and the cause."""
        return " ".join(filter(None, (self.detail, self.cause)))


LOCKED, SLOW = "locked", "slow"

REASONS = {
    each.reason: each
    for each in (
        Fault(LOCKED, "Another process holds the lock of the database.", True),
        Fault(SLOW, "The database did not answer in time.", True),
        Fault("full", "The disk of the database is full.", True),
        Fault("unreachable", "The database, or a node of its cluster, does not answer.", True),
        Fault("read-only", "The database is read-only."),
        Fault("not permitted", "The service is not permitted to open, read or write the database."),
        Fault("incompatible", "The tables of the database do not fit this version of growth."),
        Fault("broken", "The database, or its disk, is broken."),
    )
}
UNKNOWN = Fault("failed", "The database failed.", True)

SQLITE = {
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_PERM: "not permitted",
    sqlite3.SQLITE_AUTH: "not permitted",
    sqlite3.SQLITE_CANTOPEN: "not permitted",
    sqlite3.SQLITE_CORRUPT: "broken",
    sqlite3.SQLITE_NOTADB: "broken",
    sqlite3.SQLITE_IOERR: "broken",
}
"""The reason for each primary result code. https://www.sqlite.org/rescode.html"""

POSTGRES = {
    "08": "unreachable",
    "25006": "read-only",
    "28": "not permitted",
    "3D": "not permitted",
    "3F": "incompatible",
    "40": "locked",
    "42501": "not permitted",
    "42P01": "incompatible",
    "42703": "incompatible",
    "53100": "full",
    "53": "unreachable",
    "55P03": "locked",
    "57014": "slow",
    "57": "unreachable",
    "58": "broken",
    "XX": "broken",
}
"""The reason for each SQLSTATE, or for each class of SQLSTATE.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

OF_VALUES = ("22", "23", "54")
"""Classes of SQLSTATE for values that are invalid, break a constraint, or are too large."""

MISSING = ("no such table", "no such column", "has no column")
"""Parts of SQLite's messages about missing tables and columns. No result code is only for them."""


def fault_of(ex: BaseException) -> Fault:
    """The fault of the database that an exception reports. `UNKNOWN` if no reason is found."""
    if isinstance(ex, DatabaseError):
        return REASONS["incompatible"]._replace(cause=str(ex))
    if isinstance(ex, StoppedError):
        return REASONS[SLOW]
    for cause in causes(ex):
        if isinstance(cause, sqlite3.Error):
            return sqlite_fault(cause)
        if hasattr(cause, "sqlstate"):
            state = cause.sqlstate or "08"  # a lost connection has no SQLSTATE
            reason = next((POSTGRES[name] for name in POSTGRES if state.startswith(name)), None)
            return with_cause(reason, cause)
    return with_cause(None, ex)


def sqlite_fault(ex: sqlite3.Error) -> Fault:
    code = getattr(ex, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    reason = SQLITE.get(code)
    if any(word in str(ex) for word in MISSING):
        reason = "incompatible"
    fault = with_cause(reason, ex)
    if code != sqlite3.SQLITE_CANTOPEN:
        return fault
    return fault._replace(cause=f"{fault.cause}: {wrong_with(database.database)}")


def with_cause(reason: str | None, ex: BaseException) -> Fault:
    """The fault for a reason, with the driver's message in one line as its cause."""
    return REASONS.get(reason or "", UNKNOWN)._replace(cause=" ".join(str(ex).split()))


def causes(ex: BaseException) -> Iterator[BaseException]:
    """Yield the exceptions that led to `ex`, the earliest first. `ex` itself is the last.

    Only the earliest exception says what is wrong. After some errors, SQLite rolls back on its own.
    Then peewee's rollback fails, which raises a second exception.
    """
    found: list[BaseException] = [ex]
    while found[-1].__context__ is not None:
        found.append(found[-1].__context__)
    yield from reversed(found)


def wrong_with(name: str) -> str:
    """Say why a file cannot be opened. Returns the path of the file if no reason is found."""
    path = Path(name)
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}"
    if path.is_dir():
        return f"{path} is a folder"
    if not os.access(path.parent, os.R_OK | os.W_OK | os.X_OK):
        return f"the folder {path.parent} cannot be written to by this user"
    if not path.exists():
        return f"there is no {path}"
    missing = [what for what, mode in (("read", os.R_OK), ("write", os.W_OK))
               if not os.access(path, mode)]  # fmt: skip
    return f"this user may not {' or '.join(missing)} {path}" if missing else str(path)


def is_of_value(ex: BaseException) -> bool:
    """Whether an exception is due to a bad value, not to the database."""
    if isinstance(ex, DataError | IntegrityError | OverflowError):
        return True
    return (getattr(getattr(ex, "orig", None), "sqlstate", None) or "")[:2] in OF_VALUES


def failing(ex: Exception) -> Fault | None:
    """Like `fault_of`, but None for errors of a bad value, of a bug, or not raised by peewee."""
    if is_of_value(ex) or not isinstance(ex, DRIVER):
        return None
    fault = fault_of(ex)
    is_known = fault.reason != UNKNOWN.reason or isinstance(ex, OperationalError)
    return fault if is_known else None
