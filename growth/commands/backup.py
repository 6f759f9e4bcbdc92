"""growth backup."""

from __future__ import annotations

from pathlib import Path

import click

from growth.commands.command import with_settings
from growth.database.connecting import connect
from growth.maintenance.backup import backup
from growth.settings import Settings


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_settings
def backup_command(settings: Settings, file: Path) -> None:
    """Copy the database into FILE, also while it is in use.

    The copy is verified before it replaces an earlier one.
    """
    size = backup(connect(settings.database_url), file)
    click.echo(f"wrote {size:,} bytes to {file}, verified")
