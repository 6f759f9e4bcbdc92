"""growth import."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from hashlib import blake2b
from typing import Any, cast

import click
from marshmallow import Schema

from growth.app import routes
from growth.attribution.facts import Fact
from growth.commands.command import Refusal, progress, with_settings
from growth.database.connecting import connect, require_current
from growth.ledger.rejects import Reject
from growth.ledger.storing import Outcome
from growth.maintenance.turns import PAUSE_SECONDS
from growth.recorder import BusyError, Recorder
from growth.rejects.keeper import RejectKeeper
from growth.schemas.costs import CostSchema
from growth.schemas.facts import EventSchema, PageviewSchema
from growth.schemas.times import now_us
from growth.settings import Settings
from growth.transfer.files import BadFileError, opened_file
from growth.transfer.finding import mapping_of
from growth.transfer.importing import Import, Sink, Target
from growth.transfer.layouts import Layout, named_layouts, ours, pairs
from growth.wiring import create_ledger

KINDS: dict[str, type[Schema]] = {
    "pageviews": PageviewSchema,
    "events": EventSchema,
    "costs": CostSchema,
}


@click.command("import", epilog="Example: growth import costs costs.csv")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("files", nargs=-1, required=True, type=click.Path(allow_dash=True))
@click.option("--as", "tool", help="The tool that made the files, such as google-ads.")
@click.option(
    "--map",
    "mapped",
    multiple=True,
    help="Columns and their fields, such as 'Campaign=campaign,Cost=amount'.",
)
@click.option(
    "--set", "given", multiple=True, help="A field's value for every line, such as source=google."
)
@click.option(
    "--decimal",
    type=click.Choice([".", ","]),
    help="The decimal sign of amounts. By default it is guessed.",
)
@click.option("--dry-run", "is_dry", is_flag=True, help="Check all lines, and store nothing.")
@with_settings
def import_command(
    settings: Settings, kind: str, files: tuple[str, ...], decimal: str | None, **choices: Any
) -> None:
    """Import facts from files.

    A file is CSV, TSV, JSON or lines of JSON, plain or gzip. The file - is standard input. Refused
    lines are kept as rejects. The command prints the first 20 refused lines of a file, and exits
    with 1 if a line is refused. To resume an interrupted import, run the same command again.
    """
    is_dry = choices.pop("is_dry")
    layout = replace(chosen_layout(kind, **choices), consents=settings.consent_categories)
    require_current(connect(settings.database_url))
    refused = 0
    with target_of(settings, kind, is_dry) as target:
        for name in files:
            try:
                refused += import_one(name, kind, layout, decimal, target)
            except (BadFileError, OSError) as ex:
                raise Refusal(str(ex)) from ex
            except BusyError as ex:
                raise Refusal(
                    f"{ex} Import the file again to resume where the import stopped."
                ) from ex
    if refused:
        raise SystemExit(1)


def import_one(name: str, kind: str, layout: Layout, decimal: str | None, target: Target) -> int:
    """Print how a file is understood, import it, and return how many lines were refused."""
    with opened_file(name) as file:
        mapping = mapping_of(file, layout, KINDS[kind](), decimal)
        understood = ", ".join(
            (file.shown_encoding, mapping.shape.description(), *mapping.description())
        )
        click.echo(f"{file.name}: {understood}")
        what = f"{kind} {file.digest} {layout} {decimal}"
        mark = f"import {blake2b(what.encode(), digest_size=16).hexdigest()}"
        run = Import(file, mapping, target, mark, click.echo)
        with progress(file.size, f"{file.name}, bytes") as advance:
            return run.run(advance)


def chosen_layout(
    kind: str, tool: str | None, mapped: tuple[str, ...], given: tuple[str, ...]
) -> Layout:
    """The layout that the options describe. Raises UsageError if an option is invalid."""
    schema, named = KINDS[kind](), named_layouts(kind)
    if tool is not None and tool not in named:
        raise click.UsageError(f"--as {tool}: the tools for {kind} are {', '.join(named)}")
    try:
        columns = pairs(each for text in mapped for each in text.split(","))
        values = pairs(given)
    except ValueError as ex:
        raise click.UsageError(str(ex)) from ex
    for field in (*columns.values(), *values):
        if field.partition(".")[0] not in schema.fields:
            known = ", ".join(schema.fields)
            raise click.UsageError(f"{field} is not a field of {kind}; the fields are: {known}")
    layout = named[tool] if tool else ours(schema)
    return layout.with_choices({field: column for column, field in columns.items()}, values)


class PoliteRecorder(Recorder):
    """Pauses between its transactions, so that other processes get the write lock."""

    free_since = 0.0

    def record(self, facts: Sequence[Fact | Reject]) -> list[Outcome]:
        time.sleep(max(0.0, self.free_since + PAUSE_SECONDS - time.monotonic()))
        try:
            return super().record(facts)
        finally:
            self.free_since = time.monotonic()


@contextmanager
def target_of(settings: Settings, kind: str, is_dry: bool) -> Iterator[Target]:
    """Yield the `Target` of an import. The target stores facts as a POST does."""
    recorder = PoliteRecorder(create_ledger(settings), settings.queue_size).start()
    path = f"/{kind}"
    [sink] = [each.resource for each in routes(settings, recorder, now_us) if each.path == path]
    days = settings.rejects_days
    keeper = RejectKeeper(recorder.record, now_us, days, settings.secrets)
    keep: Callable[..., Any] | None = recorder.record if days and not is_dry else None

    def reject(*found: Any) -> Any:
        return keeper.reject(path, *found)

    try:
        yield Target(cast(Sink, sink), reject, keep, is_dry)
    finally:
        recorder.close()
