"""growth export."""

from __future__ import annotations

import sys
from collections.abc import Callable
from io import TextIOWrapper
from typing import Any, TextIO

import click
import orjson

from growth.commands.command import Refusal, with_settings
from growth.database.connecting import connect, require_current
from growth.http.errors import Problem
from growth.schemas.ids import to_id
from growth.schemas.times import now_us
from growth.settings import Settings
from growth.transfer.export import LISTS, Export
from growth.transfer.export_clicks import Tally, sales
from growth.transfer.export_files import WRITERS
from growth.transfer.export_google_ads import GoogleAdsUpload
from growth.transfer.export_meta import MetaUpload
from growth.transfer.export_person import person_export

UPLOADS = ("google-ads", "google-ads-adjustments", "meta")


@click.group("export", epilog="Example: growth export conversions --from 2026-11-01")
def export_group() -> None:
    """Write stored data to stdout.

    Pageviews are sorted by visitor. All other rows are sorted by time, oldest first.
    """


def with_period(function: Callable[..., None]) -> Callable[..., None]:
    """A decorator that gives a command the options --from, --to and --timezone."""
    zone = click.option(
        "--timezone",
        default="UTC",
        show_default=True,
        help="The time zone of --from and --to, and of the times in files for Google Ads.",
    )
    end = click.option("--to", "end", help="Only rows before this day or time.")
    start = click.option("--from", "start", help="Only rows since this day or time.")
    return start(end(zone(function)))


def plain_command(what: str) -> click.Command:
    example = f"Example: growth export {what} --from 2026-11-01"

    @click.command(what, help=f"Write {what}.", epilog=example)
    @click.option("--format", "kind", type=click.Choice(list(WRITERS)), default="csv")
    @with_period
    @with_settings
    def command(settings: Settings, kind: str, **options: Any) -> None:
        export = opened_export(settings, what, options)
        WRITERS[kind](what, export.rows(), stdout())

    return command


for each in (*[name for name in LISTS if name != "conversions"], "costs"):
    export_group.add_command(plain_command(each))


@export_group.command(
    "conversions", epilog="Example: growth export conversions --format google-ads"
)
@click.option("--format", "kind", type=click.Choice([*WRITERS, *UPLOADS]), default="csv")
@with_period
@click.option("--event", help="Only conversions of this event, such as purchase.")
@click.option(
    "--changed-since",
    help="Only conversions that are new, changed or retracted since this time.",
)
@click.option(
    "--name", "names", multiple=True, help="The ad platform's name for an event, as EVENT=NAME."
)
@click.option(
    "--identifiers",
    is_flag=True,
    help="For google-ads: add columns of hashed email addresses and phone numbers.",
)
@with_settings
def conversions_command(
    settings: Settings, kind: str, names: tuple[str, ...], identifiers: bool, **options: Any
) -> None:
    """Write conversions, as data or for an ad platform.

    For an ad platform, standard error says how many conversions were written, and how many were
    left out and why. For every format, the last line of standard error says up to which time the
    output has all changes of conversions. At the next export, give this time as --changed-since.
    """
    named = dict(pair_of(each) for each in names)
    export = opened_export(settings, "conversions", options)
    if kind in WRITERS:
        WRITERS[kind]("conversions", export.rows(), stdout())
    else:
        for line in upload(kind, export, named, identifiers).lines():
            click.echo(line, err=True)
    if export.as_of:
        click.echo(f"complete up to {export.as_of}", err=True)


def upload(kind: str, export: Export, names: dict[str, str], identifiers: bool) -> Tally:
    if kind == "meta":
        return MetaUpload(names, export.now).write(sales(export), stdout())
    file = GoogleAdsUpload(names, export.params.get("timezone", "UTC"), identifiers)
    write = file.write_conversions if kind == "google-ads" else file.write_adjustments
    return write(sales(export), stdout())


@export_group.command("person", epilog="Example: growth export person --user u-42")
@click.option("--user", help="Export the user with this user_id, and the user's visitors.")
@click.option("--fingerprint", help="Export the visitor with this fingerprint.")
@with_settings
def person_command(settings: Settings, user: str | None, fingerprint: str | None) -> None:
    """Write all stored data of a person, as JSON."""
    if (user is None) == (fingerprint is None):
        raise click.UsageError("give either --user or --fingerprint, to say whom to export")
    require_current(connect(settings.database_url))
    name = to_id(user if user is not None else fingerprint)
    found = person_export(name, user is not None, settings.conversions)
    click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())


def opened_export(settings: Settings, what: str, options: dict[str, Any]) -> Export:
    """Open the database and return the export. Options without a value are ignored.

    Raises Refusal if an option is invalid.
    """
    require_current(connect(settings.database_url))
    renamed = {"start": "from", "end": "to"}
    given = {renamed.get(name, name): value for name, value in options.items() if value}
    try:
        return Export(what, settings.conversions, now_us(), given)
    except Problem as ex:
        faults = [f"--{name.replace('_', '-')}: {' '.join(why)}" for name, why in ex.errors.items()]
        raise Refusal("; ".join(faults)) from ex


def pair_of(text: str) -> tuple[str, str]:
    event, sign, name = text.partition("=")
    if not (event and sign and name):
        raise click.UsageError(f"--name {text}: write EVENT=NAME, such as signup='Sign up'")
    return event, name


def stdout() -> TextIO:
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    return sys.stdout
