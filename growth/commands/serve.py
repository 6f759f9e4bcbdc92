"""growth serve."""

from __future__ import annotations

import logging
import sys

import click

from growth.commands.command import with_settings
from growth.database.engines import make_folder
from growth.server import serve
from growth.settings import Settings

log = logging.getLogger("growth.server")


@click.command("serve", epilog="Example: growth serve --init")
@click.option("--migrate", is_flag=True, help="Migrate the tables first.")
@click.option(
    "--init", is_flag=True, help="Make the folder of the database, and migrate the tables first."
)
@with_settings
def serve_command(settings: Settings, migrate: bool, init: bool) -> None:
    """Run the service until it is stopped."""
    if init:
        make_folder(settings.database_url)
    serve(settings, click.echo if sys.stdout.isatty() else log.info, migrate or init)
