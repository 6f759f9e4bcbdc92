"""growth vacuum."""

from __future__ import annotations

import click

from growth.commands.command import with_settings
from growth.database.connecting import connect, require_current
from growth.database.statements import database
from growth.database.tables.mark import announce, end_announced
from growth.schemas.times import now_us
from growth.settings import Settings


@click.command("vacuum", epilog="Example: growth vacuum")
@with_settings
def vacuum_command(settings: Settings) -> None:
    """Free the disk space of deleted rows.

    While the command runs, the service cannot write. The disk needs as much free space as the
    database takes.
    """
    require_current(connect(settings.database_url))
    announce("vacuum", now_us())
    before = database.size()
    database.vacuum()
    end_announced()
    click.echo(f"{before:,} bytes before, {database.size():,} now")
