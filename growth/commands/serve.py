"""growth serve."""

from __future__ import annotations

import logging
import sys

import click

from growth.commands.command import with_settings
from growth.server import serve
from growth.settings import Settings

log = logging.getLogger("growth.server")


@click.command("serve")
@click.option("--migrate", is_flag=True, help="Migrate the tables first.")
@with_settings
def serve_command(settings: Settings, migrate: bool) -> None:
    """Serve until stopped."""
    serve(settings, click.echo if sys.stdout.isatty() else log.info, migrate)
