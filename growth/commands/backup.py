"""growth backup."""

from __future__ import annotations

from pathlib import Path

import click

from growth.commands.command import as_json, print_answer, with_settings
from growth.database.connecting import connect
from growth.maintenance.backup import backup
from growth.settings import Settings


@click.command("backup", epilog="Example: growth backup /var/backups/growth/monday.db")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@as_json
@with_settings
def backup_command(settings: Settings, file: Path, as_json: bool) -> None:
    """Back up the database into FILE.

    The service may run meanwhile. If FILE exists, it is replaced once the new backup is verified.
    """
    size = backup(connect(settings.database_url), file)
    answer = {"file": str(file), "bytes": size}
    print_answer(as_json, f"wrote {size:,} bytes to {file}, verified", answer)
