"""growth migrate."""

from __future__ import annotations

import click

from growth.commands.command import with_settings
from growth.database.connecting import connect
from growth.maintenance.distributing import upgrade
from growth.maintenance.staleness import adopt_settings
from growth.settings import Settings
from growth.wiring import create_ledger


@click.command("migrate", epilog="Example: growth migrate")
@click.option("--quiet", is_flag=True, help="Print nothing if the tables are up to date.")
@with_settings
def migrate_command(settings: Settings, quiet: bool) -> None:
    """Migrate the tables of the database to this version of growth."""
    ledger = create_ledger(settings)
    is_current = True
    for line in upgrade(connect(settings.database_url, may_make=True)):
        is_current = False
        click.echo(line)
    adopt_settings(ledger)
    if is_current and not quiet:
        click.echo("nothing to apply")
