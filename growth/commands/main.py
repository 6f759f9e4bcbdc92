"""The command line: growth and its commands."""

from __future__ import annotations

import sys
from base64 import b64encode
from pathlib import Path
from secrets import token_bytes, token_urlsafe

import click
from peewee import Database

from growth.commands.command import Refusal, command
from growth.commands.rejects import rejects
from growth.commands.webhook_url import webhook_url
from growth.database.connecting import connect, opened, require_current
from growth.database.connecting import migrate as apply_migrations
from growth.http.signatures import PREFIX
from growth.recorder import BusyError
from growth.settings import Settings

SHOWN_DIFFERENCES = 20


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="growth")
def main() -> None:
    """Tells a company where its signups come from."""


@main.command()
@command
def serve(settings: Settings) -> None:
    """Serve until stopped."""
    from growth.server import serve as run  # the others start faster without it

    run(settings, announce=click.echo)


@main.command()
@click.option("--quiet", is_flag=True, help="Say nothing when nothing is pending.")
@command
def migrate(settings: Settings, quiet: bool) -> None:
    """Bring the tables of the database up to date."""
    found = connect(settings.database_url)
    applied = apply_migrations(found)
    for name in applied:
        click.echo(f"applied {name}")
    if not applied and not quiet:
        click.echo("nothing to apply")
    if found.is_cluster:
        spread(found)


@main.command()
@command
def distribute(settings: Settings) -> None:
    """Spread the tables of a migrated PostgreSQL database over the nodes of its Citus cluster."""
    found = connect(settings.database_url)
    require_current(found)
    if not spread(found):
        click.echo("nothing to distribute")


def spread(found: Database) -> int:
    """Distribute what is not yet, and tell it; return how many tables."""
    from growth.maintenance.distributing import distribute as run

    count = 0
    for count, name in enumerate(run(found), 1):  # noqa: B007
        click.echo(f"distributed {name}")
    return count


@main.command()
@click.option("--visitors", default=500, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 3_650))
@click.option("--seed", "number", default=1, show_default=True, help="Another, other traffic.")
@command
def seed(settings: Settings, visitors: int, days: int, number: int) -> None:
    """Send demo traffic through the write path; a second time it adds nothing."""
    from growth.commands.seed import seed as run

    run(settings, visitors, days, number)


@main.group("import")
def import_() -> None:
    """Store facts from a file."""


@import_.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@command
def costs(settings: Settings, file: Path) -> None:
    """Store the costs of a CSV file, whose first line names the fields; tell each bad line."""
    from growth.transfer.costs import BadFileError, import_costs

    try:
        refused = import_costs(settings, file, click.echo)
    except (BadFileError, BusyError) as ex:
        raise Refusal(str(ex)) from ex
    if refused:
        raise SystemExit(1)


@main.command()
@click.option("--check", is_flag=True, help="Compare only: write nothing, exit 1 on differences.")
@command
def rebuild(settings: Settings, check: bool) -> None:
    """Derive visits, credits and sums anew from the facts; goes on where it was broken off."""
    from growth.maintenance.rebuild import Rebuild
    from growth.wiring import create_ledger

    require_current(connect(settings.database_url))
    run = Rebuild(create_ledger(settings), write=not check)
    found = 0
    with click.progressbar(length=run.total(), label="rebuild", file=sys.stderr) as progress:
        for difference in run.run(progress.update):
            found += 1
            if found <= SHOWN_DIFFERENCES:
                click.echo(str(difference))
    click.echo(f"{found} rows {'differ' if check else 'were mended'}")
    if check and found:
        raise SystemExit(1)


@main.command()
@click.option("--user", "users", multiple=True, help="A user_id; with all visitors of theirs.")
@click.option("--fingerprint", "fingerprints", multiple=True, help="A visitor.")
@command
def erase(settings: Settings, users: tuple[str, ...], fingerprints: tuple[str, ...]) -> None:
    """Erase persons from facts and sums, for good."""
    from growth.maintenance.erasure import erase as run
    from growth.schemas.ids import to_id
    from growth.wiring import create_ledger

    if not users and not fingerprints:
        raise click.UsageError("name whom to erase: --user or --fingerprint")
    require_current(connect(settings.database_url))
    erased = run(create_ledger(settings), map(to_id, users), map(to_id, fingerprints))
    click.echo(f"erased {erased} facts")


@main.command()
@command
def purge(settings: Settings) -> None:
    """Delete facts older than GROWTH_RETENTION_DAYS; what stays keeps its credit."""
    from growth.maintenance.retention import purge as run
    from growth.maintenance.retention import retention
    from growth.maintenance.units import SUBJECTS
    from growth.wiring import create_ledger

    kept = retention(settings.retention_days, settings.lookback_days)
    if kept is None:
        raise Refusal("GROWTH_RETENTION_DAYS is 0: all facts are kept")
    require_current(connect(settings.database_url))
    with click.progressbar(length=SUBJECTS.count(), label="purge", file=sys.stderr) as progress:
        purged = run(create_ledger(settings), kept, progress.update)
    click.echo(f"purged {purged} facts")


@main.command()
@command
def routes(settings: Settings) -> None:
    """Print the route table."""
    from growth.ledger import now_us
    from growth.recorder import Recorder
    from growth.routes import listed
    from growth.routes import routes as table
    from growth.wiring import create_ledger

    recorder = Recorder(create_ledger(settings), settings.queue_size)
    for line in listed(table(settings, recorder, now_us)):
        click.echo(line)


@main.command()
@click.option("--webhook", is_flag=True, help="A secret to sign webhooks with.")
def token(webhook: bool) -> None:
    """Make a token for the settings."""
    made = PREFIX + b64encode(token_bytes(32)).decode() if webhook else token_urlsafe(32)
    click.echo(made)


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@command
def backup(settings: Settings, file: Path) -> None:
    """Copy the database into FILE, also while it is in use, and verify the copy."""
    from growth.maintenance.backup import backup as run

    found = connect(settings.database_url)
    click.echo(f"wrote {run(found, file):,} bytes to {file}, verified")


@main.command()
@click.option("--from", "source", required=True, help="The URL of the database to copy.")
@click.option("--to", "target", required=True, help="The URL of the one that it becomes.")
@command
def copy(settings: Settings, source: str, target: str) -> None:
    """Copy a database in use into another, perhaps of another engine, and compare the two."""
    from growth.maintenance.copying import Copying

    if source == target:
        raise Refusal("--from and --to name the same database")
    run = Copying(opened(source), opened(target), settings.conversions)
    with click.progressbar(length=run.total(), label="copy", file=sys.stderr) as progress:
        written = run.run(progress.update)
    click.echo(f"wrote {written} rows; counts and reports are the same")


main.add_command(rejects)
main.add_command(webhook_url)


if __name__ == "__main__":
    sys.exit(main())
