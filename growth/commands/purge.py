"""growth purge."""

from __future__ import annotations

import click

from growth.commands.command import Refusal, as_json, print_answer, progress, with_settings
from growth.database.connecting import connect, require_current
from growth.maintenance.keeping import keep_days
from growth.maintenance.retention import old_facts, purge, retention
from growth.maintenance.units import SUBJECTS
from growth.settings import Settings
from growth.wiring import create_ledger


@click.command("purge", epilog="Example: GROWTH_RETENTION_DAYS=365 growth purge --dry-run")
@click.option("--dry-run", is_flag=True, help="Count the facts to delete, and delete nothing.")
@click.option("--yes", is_flag=True, help="Delete without asking.")
@as_json
@with_settings
def purge_command(settings: Settings, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Delete facts older than GROWTH_RETENTION_DAYS.

    Conversions that are not deleted keep their credit. The command asks before it
    deletes more than half of all facts.
    """
    kept = retention(settings.retention_days, settings.lookback_days)
    if kept is None:
        raise Refusal("GROWTH_RETENTION_DAYS is 0: all facts are kept")
    require_current(connect(settings.database_url))
    ledger = create_ledger(settings)
    old, total = old_facts(kept, ledger.clock())
    if dry_run:
        print_answer(
            as_json, f"would purge about {old} of {total} facts", {"old": old, "total": total}
        )
        return
    if 2 * old > total and not yes:
        click.confirm(f"delete about {old} of {total} facts?", abort=True, err=True)
    with progress(SUBJECTS.count(), "purge") as advance:
        purged = purge(ledger, kept, advance)
    keep_days(settings.retention_days)
    print_answer(as_json, f"purged {purged} facts", {"purged": purged})
