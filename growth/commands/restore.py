"""growth restore."""

from __future__ import annotations

from pathlib import Path

import click

from growth.commands.command import with_settings
from growth.database.engines import open_engine
from growth.maintenance.backup import restore
from growth.settings import Settings


@click.command("restore", epilog="Example: growth restore /var/backups/growth/monday.db")
@click.argument("file", type=click.Path(exists=True, path_type=Path, dir_okay=False))
@with_settings
def restore_command(settings: Settings, file: Path) -> None:
    """Replace the database by a backup.

    Stop the service first. The backup is verified before it replaces the database. The replaced
    database is kept beside it, for example as growth.db.replaced.
    """
    replaced = restore(open_engine(settings.database_url), file)
    click.echo(f"restored {file}, verified")
    if replaced:
        click.echo(f"the replaced database is {replaced}; delete it when it is not needed")
