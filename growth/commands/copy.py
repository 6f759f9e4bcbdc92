"""growth copy."""

from __future__ import annotations

import sys

import click

from growth.commands.command import Refusal, with_settings
from growth.database.connecting import opened
from growth.maintenance.copying import Copying
from growth.settings import Settings


@click.command("copy")
@click.option("--from", "source", required=True, help="The URL of the database to copy.")
@click.option("--to", "target", required=True, help="The URL of the database to copy into.")
@with_settings
def copy_command(settings: Settings, source: str, target: str) -> None:
    """Copy a database in use into another and compare them.

    Migrate the other database first; it must be empty or an earlier copy. It may be of another
    engine.
    """
    if source == target:
        raise Refusal("--from and --to name the same database")
    run = Copying(opened(source), opened(target), settings.conversions)
    with click.progressbar(length=run.total(), label="copy", file=sys.stderr) as progress:
        written = run.run(progress.update)
    click.echo(f"wrote {written} rows; counts and reports are the same")
