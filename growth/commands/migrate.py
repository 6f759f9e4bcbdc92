"""growth migrate."""

from __future__ import annotations

import click

from growth.commands.command import with_settings
from growth.database.connecting import connect, migrate
from growth.maintenance.distributing import distribute
from growth.settings import Settings


@click.command("migrate")
@click.option("--quiet", is_flag=True, help="Say nothing when nothing is pending.")
@with_settings
def migrate_command(settings: Settings, quiet: bool) -> None:
    """Bring the tables of the database up to date."""
    found = connect(settings.database_url, may_make=True)
    applied = migrate(found)
    for name in applied:
        click.echo(f"applied {name}")
    if not applied and not quiet:
        click.echo("nothing to apply")
    if found.is_cluster:
        for name in distribute(found):
            click.echo(f"distributed {name}")
