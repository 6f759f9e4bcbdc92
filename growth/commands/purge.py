"""growth purge."""

from __future__ import annotations

import sys

import click

from growth.commands.command import Refusal, as_json, tell, with_settings
from growth.database.connecting import connect, require_current
from growth.maintenance.retention import purge, retention
from growth.maintenance.units import SUBJECTS
from growth.settings import Settings
from growth.wiring import create_ledger


@click.command("purge", epilog="Example: GROWTH_RETENTION_DAYS=365 growth purge")
@as_json
@with_settings
def purge_command(settings: Settings, as_json: bool) -> None:
    """Delete facts older than GROWTH_RETENTION_DAYS.

    The facts that stay keep their credit.
    """
    kept = retention(settings.retention_days, settings.lookback_days)
    if kept is None:
        raise Refusal("GROWTH_RETENTION_DAYS is 0: all facts are kept")
    require_current(connect(settings.database_url))
    with click.progressbar(length=SUBJECTS.count(), label="purge", file=sys.stderr) as progress:
        purged = purge(create_ledger(settings), kept, progress.update)
    tell(as_json, f"purged {purged} facts", {"purged": purged})
