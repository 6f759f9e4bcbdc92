"""growth erase."""

from __future__ import annotations

import click

from growth.commands.command import with_settings
from growth.database.connecting import connect, require_current
from growth.maintenance.erasure import erase
from growth.schemas.ids import to_id
from growth.settings import Settings
from growth.wiring import create_ledger


@click.command("erase")
@click.option("--user", "users", multiple=True, help="A user_id; with all visitors of theirs.")
@click.option("--fingerprint", "fingerprints", multiple=True, help="A visitor.")
@with_settings
def erase_command(
    settings: Settings, users: tuple[str, ...], fingerprints: tuple[str, ...]
) -> None:
    """Erase persons from facts and sums, for good."""
    if not users and not fingerprints:
        raise click.UsageError("name whom to erase: --user or --fingerprint")
    require_current(connect(settings.database_url))
    names = map(to_id, users), map(to_id, fingerprints)
    click.echo(f"erased {erase(create_ledger(settings), *names)} facts")
