"""growth serve."""

from __future__ import annotations

import click

from growth.commands.command import with_settings
from growth.server import serve
from growth.settings import Settings


@click.command("serve")
@with_settings
def serve_command(settings: Settings) -> None:
    """Serve until stopped."""
    serve(settings, click.echo)
