"""growth distribute."""

from __future__ import annotations

import click

from growth.commands.command import with_settings
from growth.database.connecting import connect, require_current
from growth.maintenance.distributing import distribute
from growth.settings import Settings


@click.command("distribute", epilog="Example: growth distribute")
@with_settings
def distribute_command(settings: Settings) -> None:
    """Spread the tables of a PostgreSQL database over a Citus cluster.

    Migrate the database first. From then on, `growth migrate` also spreads new tables.
    """
    found = connect(settings.database_url)
    require_current(found)
    names = list(distribute(found))
    for name in names:
        click.echo(f"distributed {name}")
    if not names:
        click.echo("nothing to distribute")
