"""growth routes."""

from __future__ import annotations

import click

from growth.app import routes
from growth.commands.command import as_json, print_answer, with_settings
from growth.recorder import Recorder
from growth.schemas.times import now_us
from growth.settings import Settings
from growth.wiring import create_ledger


@click.command("routes", epilog="Example: growth routes --json")
@as_json
@with_settings
def routes_command(settings: Settings, as_json: bool) -> None:
    """Print each path of the service and its purpose."""
    recorder = Recorder(create_ledger(settings), settings.queue_size)
    found = [
        {"method": method, "path": route.path, "purpose": route.purpose}
        for route in routes(settings, recorder, now_us)
        for method in route.methods
    ]
    lines = (f"{each['method']:<5} {each['path']:<30} {each['purpose']}" for each in found)
    print_answer(as_json, "\n".join(lines), found)
