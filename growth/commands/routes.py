"""growth routes."""

from __future__ import annotations

import click

from growth.app import routes
from growth.commands.command import with_settings
from growth.ledger.ledger import now_us
from growth.recorder import Recorder
from growth.settings import Settings
from growth.wiring import create_ledger


@click.command("routes")
@with_settings
def routes_command(settings: Settings) -> None:
    """Print each path and its purpose."""
    recorder = Recorder(create_ledger(settings), settings.queue_size)
    for route in routes(settings, recorder, now_us):
        for method in route.methods:
            click.echo(f"{method:<5} {route.path:<30} {route.purpose}")
