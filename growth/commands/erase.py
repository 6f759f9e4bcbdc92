"""growth erase."""

from __future__ import annotations

import click

from growth.commands.command import as_json, print_answer, with_settings
from growth.database.connecting import connect, require_current
from growth.maintenance.erased import erased_before
from growth.maintenance.erasure import USER, VISITOR, erase
from growth.schemas.ids import to_id
from growth.schemas.times import format_time
from growth.settings import Settings
from growth.wiring import create_ledger


@click.command("erase", epilog="Example: growth erase --user u-42 --dry-run")
@click.option(
    "--user",
    "users",
    multiple=True,
    help="Erase the user with this user_id, and the user's visitors.",
)
@click.option(
    "--fingerprint", "fingerprints", multiple=True, help="Erase the visitor with this fingerprint."
)
@click.option("--dry-run", is_flag=True, help="Count the facts to erase, and erase nothing.")
@click.option(
    "--history",
    is_flag=True,
    help="List past erasures: the time, and a hash of the user or visitor.",
)
@as_json
@with_settings
def erase_command(
    settings: Settings,
    users: tuple[str, ...],
    fingerprints: tuple[str, ...],
    dry_run: bool,
    history: bool,
    as_json: bool,
) -> None:
    """Erase users and visitors for good, with all their data.

    Users and visitors without stored data are listed. The exit code is 1 if nobody has data.
    """
    if not (users or fingerprints or history):
        raise click.UsageError("give --user or --fingerprint, to say whom to erase")
    require_current(connect(settings.database_url))
    names = [(USER, to_id(each)) for each in users]
    names += [(VISITOR, to_id(each)) for each in fingerprints]
    for digest, at in erased_before() if history else ():
        click.echo(f"{format_time(at)}  {digest}")
    if not names:
        return
    erased = erase(create_ledger(settings), names, dry_run)
    for kind, name in erased.unknown:
        click.echo(f"nothing is known of {kind} {name}", err=True)
    text = f"{'would erase' if dry_run else 'erased'} {erased.facts} facts"
    print_answer(
        as_json, text, {"facts": erased.facts, "unknown": [name for _, name in erased.unknown]}
    )
    if len(erased.unknown) == len(set(names)):
        raise SystemExit(1)
