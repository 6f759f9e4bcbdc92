"""growth doctor: finds faults of an installation."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import NamedTuple

import click
from peewee import PeeweeException, fn

from growth.commands.command import as_json, print_answer
from growth.database.connecting import ROOM, connect, prove_writable, require_current
from growth.database.engines import DatabaseError
from growth.database.faults import fault_of
from growth.database.statements import database
from growth.database.tables import EventRecord
from growth.database.tables.conversion import latest_change
from growth.maintenance.staleness import is_due
from growth.schemas.facts import SKEW
from growth.schemas.times import format_time, now_us
from growth.settings import Settings, SettingsError, load_settings
from growth.wiring import create_ledger

LITTLE_ROOM = 256 * 1024 * 1024
"""If the disk has fewer free bytes than this, `growth doctor` reports a fault."""

LARGE_LOG = 1024 * 1024 * 1024
"""If SQLite's write-ahead log has more bytes than this, `growth doctor` reports a fault.

SQLite cannot shrink the log while a program reads without a pause.
"""


class WrongError(Exception):
    """A check found a fault. The message says what to do."""


class Finding(NamedTuple):
    """The result of a check. `told` says what the check found."""

    check: str
    ok: bool
    told: str


@click.command("doctor", epilog="Example: growth doctor --json")
@as_json
def doctor_command(as_json: bool) -> None:
    """Find the faults of this installation.

    The command checks the settings, the database, permissions, the disk, the clock, and whether a
    rebuild is due. Run it as the user that runs the service. The exit code is 1 if a check fails.
    """
    found = list(findings())
    lines = (f"{'ok' if each.ok else 'WRONG':<6} {each.check:<11} {each.told}" for each in found)
    print_answer(as_json, "\n".join(lines), [each._asdict() for each in found])
    if not all(each.ok for each in found):
        raise SystemExit(1)


def findings() -> Iterator[Finding]:
    """The results of all checks.

    If the settings are invalid or the database cannot be opened, the later checks are skipped.
    """
    try:
        settings = load_settings()
        ledger = create_ledger(settings)
    except SettingsError as ex:
        yield from (Finding("settings", False, line) for line in str(ex).splitlines())
        return
    yield Finding("settings", True, "all are valid")
    opened = looked("database", lambda: open_database(settings))
    yield opened
    if not opened.ok:
        return
    yield looked("permissions", may_write)
    yield looked("tables", tables)
    yield looked("disk", room)
    yield looked("clock", clock)
    yield looked("rebuild", lambda: rebuild(is_due(ledger)))


def looked(check: str, look: Callable[[], str]) -> Finding:
    """The result of a check: the text that `look` returns, or the error that it raises."""
    try:
        return Finding(check, True, look())
    except (WrongError, DatabaseError) as ex:
        return Finding(check, False, str(ex))
    except PeeweeException as ex:
        return Finding(check, False, fault_of(ex).told)


def rebuild(due: str) -> str:
    if due:
        raise WrongError(due)
    return "is not due"


def tables() -> str:
    require_current(database)
    return "they fit this version"


def open_database(settings: Settings) -> str:
    found = connect(settings.database_url)
    if found.is_file and os.geteuid() != (owner := os.stat(found.database).st_uid):
        raise WrongError(
            f"{found.database} belongs to the user {owner}: run the service and every command "
            "as that user"
        )
    return f"{found.database} answers"


def may_write() -> str:
    prove_writable(database, ROOM)
    return "the database can be written"


def room() -> str:
    """Check the free disk space and the size of the -wal file. PostgreSQL reports neither."""
    sizes = {name: size for name, (_, size) in database.sizes().items()}
    free, log = sizes.get("disk_free"), sizes.get("wal", 0)
    if free is not None and free < LITTLE_ROOM:
        raise WrongError(f"the disk of the database has only {free:,} bytes free: make room")
    if log > LARGE_LOG:
        raise WrongError(
            f"the -wal file has {log:,} bytes, because a program has read from the database "
            "for a long time without a pause: end that program"
        )
    size = f"the database has {sizes['database']:,} bytes"
    return size if free is None else f"{size}, {free:,} are free"


def clock() -> str:
    """Check that the clock is not behind the newest event or the latest change of a conversion."""
    newest = max(EventRecord.select(fn.MAX(EventRecord.created_at)).scalar() or 0, latest_change())
    now = now_us()
    if newest > now + SKEW:
        raise WrongError(
            f"the clock says {format_time(now)}, but an event or conversion has the time "
            f"{format_time(newest)}: set the clock by NTP"
        )
    return f"it is {format_time(now)}"
