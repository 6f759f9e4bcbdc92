"""growth import."""

from __future__ import annotations

from pathlib import Path

import click

from growth.commands.command import Refusal, with_settings
from growth.settings import Settings
from growth.transfer.costs import BadFileError, import_costs


@click.group("import")
def import_group() -> None:
    """Store facts from a file."""


@import_group.command("costs")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_settings
def import_costs_command(settings: Settings, file: Path) -> None:
    """Store the costs of a CSV file.

    Its first line names the fields. Each refused line is printed with its reason. If there is one,
    the exit code is 1.
    """
    try:
        refused = import_costs(settings, file, click.echo)
    except BadFileError as ex:
        raise Refusal(str(ex)) from ex
    if refused:
        raise SystemExit(1)
