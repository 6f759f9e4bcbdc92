"""growth rejects: list, show, replay, drop."""

from __future__ import annotations

from collections.abc import Iterator

import click

from growth.commands.command import Refusal, command
from growth.database.connecting import connect, require_current
from growth.database.tables import RejectRecord
from growth.schemas.times import format_time
from growth.settings import Settings

SHOWN_DIGITS = 12
SHOWN_REASON = 60


@click.group()
def rejects() -> None:
    """Input that was let in and refused."""


def chosen(settings: Settings, digests: tuple[str, ...], all_of_them: bool) -> list[RejectRecord]:
    """The rejects that the first digits of their digests name, or all. Raises Refusal."""
    require_current(connect(settings.database_url))
    if bool(digests) == all_of_them:
        raise click.UsageError("name rejects by their digest, or give --all")
    if all_of_them:
        return list(RejectRecord.select().order_by(RejectRecord.first_seen, RejectRecord.digest))
    return [one(digest) for digest in digests]


def one(digest: str) -> RejectRecord:
    found = list(RejectRecord.select().where(RejectRecord.digest.startswith(digest)).limit(2))
    if len(found) != 1:
        raise Refusal(f"{digest}: {'several rejects begin so' if found else 'no such reject'}")
    reject: RejectRecord = found[0]
    return reject


@rejects.command("list")
@command
def list_(settings: Settings) -> None:
    """List the rejects, latest first: digest, last seen, times seen, path, reason."""
    from growth.rejects.store import dropped_so_far, kept

    require_current(connect(settings.database_url))
    for each in kept():
        click.echo(
            f"{each.digest[:SHOWN_DIGITS]}  {format_time(each.last_seen)[:19]}Z  "
            f"{each.times_seen:>5}  {each.path}  {each.reason[:SHOWN_REASON]}"
        )
    click.echo(
        f"{RejectRecord.select().count()} rejects, {dropped_so_far()} let go for room or age"
    )


@rejects.command()
@click.argument("digests", nargs=-1, required=True)
@command
def show(settings: Settings, digests: tuple[str, ...]) -> None:
    """Show rejects whole."""
    for each in chosen(settings, digests, False):
        click.echo("\n".join(told(each)))


def told(each: RejectRecord) -> Iterator[str]:
    yield f"digest      {each.digest}"
    yield f"path        {each.path}"
    yield f"first seen  {format_time(each.first_seen)}"
    yield f"last seen   {format_time(each.last_seen)}"
    yield f"times seen  {each.times_seen}"
    yield f"reason      {each.reason}"
    yield f"body        {each.body}"


@rejects.command()
@click.argument("digests", nargs=-1)
@click.option("--all", "all_of_them", is_flag=True, help="All of them, oldest first.")
@command
def replay(settings: Settings, digests: tuple[str, ...], all_of_them: bool) -> None:
    """Send rejects again, as of when they were first seen; those that are taken now are dropped."""
    from growth.rejects.replay import Replay

    stored = refused = 0
    with Replay(settings) as replaying:
        for each in chosen(settings, digests, all_of_them):
            count, why = replaying.send(each)
            stored += count
            if why:
                refused += 1
                click.echo(f"{each.digest[:SHOWN_DIGITS]} is refused again: {why}", err=True)
    click.echo(f"stored {stored} facts; {refused} rejects are refused again")
    if refused:
        raise SystemExit(1)


@rejects.command()
@click.argument("digests", nargs=-1)
@click.option("--all", "all_of_them", is_flag=True, help="All of them.")
@command
def drop(settings: Settings, digests: tuple[str, ...], all_of_them: bool) -> None:
    """Drop rejects for good."""
    found = chosen(settings, digests, all_of_them)
    for each in found:
        each.delete_instance()
    click.echo(f"dropped {len(found)} rejects")
