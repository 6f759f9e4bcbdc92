"""growth rejects: list, show, replay, drop."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click

from growth.app import routes
from growth.commands.command import Refusal, as_json, print_answer, with_settings
from growth.database.connecting import connect, require_current
from growth.database.tables import RejectRecord
from growth.ledger.rejects import dropped_so_far, latest_rejects
from growth.recorder import Recorder
from growth.rejects.replay import replay
from growth.schemas.times import format_time, now_us
from growth.settings import Settings
from growth.wiring import create_ledger

SHOWN_DIGITS = 12
SHOWN_REASON = 60
SHOWN_VALUE = 40

SHOWN_FIELDS = ("id", "user_id", "fingerprint", "created_at", "name", "order_id", "day", "campaign")
"""The fields by which a sender recognises an item. The list shows them."""


@click.group("rejects", epilog="Example: growth rejects list")
def rejects_group() -> None:
    """List, show, replay and drop refused input.

    The list shows the digest of each reject. The other commands take digests or their first digits.
    """


def chosen_rejects(
    settings: Settings, digests: tuple[str, ...], all_of_them: bool
) -> list[RejectRecord]:
    """The rejects whose digests begin with the texts in `digests`, or all rejects.

    Raises Refusal if no digest or several digests begin with one of the texts.
    """
    require_current(connect(settings.database_url))
    if bool(digests) == all_of_them:
        raise click.UsageError("name rejects by their digests, or give --all")
    if all_of_them:
        return list(RejectRecord.select().order_by(RejectRecord.first_seen, RejectRecord.digest))
    return [reject_of(digest) for digest in digests]


def reject_of(digest: str) -> RejectRecord:
    found = list(RejectRecord.select().where(RejectRecord.digest.startswith(digest)).limit(2))
    if len(found) != 1:
        why = "several digests begin with this" if found else "there is no such reject"
        raise Refusal(f"{digest}: {why}")
    reject: RejectRecord = found[0]
    return reject


@rejects_group.command("list", epilog="Example: growth rejects list --json")
@click.option("--json", "as_json", is_flag=True, help="Print each reject as a line of JSON.")
@with_settings
def list_command(settings: Settings, as_json: bool) -> None:
    """List the rejects, latest first.

    A line has the digest, the time when the reject was last seen, how often it was seen, the path,
    and the reason. Then come the refused fields, and the fields that identify the item, such as id.
    """
    require_current(connect(settings.database_url))
    if as_json:
        for each in latest_rejects():
            click.echo(json.dumps(details_of(each), ensure_ascii=False))
        return
    for each in latest_rejects():
        line = (
            f"{each.digest[:SHOWN_DIGITS]}  {format_time(each.last_seen)[:19]}Z  "
            f"{each.times_seen:>5}  {each.path}  {in_short(each)}"
        )
        click.echo("".join(letter if letter.isprintable() else "\ufffd" for letter in line))
    count = RejectRecord.select().count()
    click.echo(f"{count} rejects, {dropped_so_far()} dropped because they were too many or too old")


def details_of(each: RejectRecord) -> dict[str, Any]:
    """A reject as JSON: its columns, with times as text and the reason parsed."""
    times = {name: format_time(getattr(each, name)) for name in ("first_seen", "last_seen")}
    return {**each.__data__, **times, "reason": json.loads(each.reason)}


def in_short(each: RejectRecord) -> str:
    """The reason of a reject, then the values of its refused fields and of its SHOWN_FIELDS."""
    reason = json.loads(each.reason)
    refused = list(reason) if isinstance(reason, dict) else []
    values = each.body[:SHOWN_VALUE]
    with suppress(ValueError, RecursionError):  # the body may be no JSON, or nest too deep
        item = json.loads(each.body)
        if isinstance(item, dict):
            shown = {name: item[name] for name in (*refused, *SHOWN_FIELDS) if name in item}
            values = " ".join(f"{name}={str(value)[:SHOWN_VALUE]}" for name, value in shown.items())
    return f"{each.reason[:SHOWN_REASON]}  {values}"


@rejects_group.command("show", epilog="Example: growth rejects show 3f9a")
@click.argument("digests", nargs=-1, required=True)
@as_json
@with_settings
def show_command(settings: Settings, digests: tuple[str, ...], as_json: bool) -> None:
    """Show rejects in full."""
    for each in chosen_rejects(settings, digests, False):
        print_answer(as_json, "\n".join(details(each)), details_of(each))


def details(each: RejectRecord) -> Iterator[str]:
    yield f"digest      {each.digest}"
    yield f"path        {each.path}"
    yield f"first seen  {format_time(each.first_seen)}"
    yield f"last seen   {format_time(each.last_seen)}"
    yield f"times seen  {each.times_seen}"
    yield f"reason      {each.reason}"
    yield f"body        {each.body}"


@rejects_group.command("replay", epilog="Example: growth rejects replay --all")
@click.argument("digests", nargs=-1)
@click.option("--all", "all_of_them", is_flag=True, help="Replay all rejects, oldest first.")
@as_json
@with_settings
def replay_command(
    settings: Settings, digests: tuple[str, ...], all_of_them: bool, as_json: bool
) -> None:
    """Try again to store rejects.

    An item without a time gets the time when it was first received. Rejects that are accepted are
    dropped. The service may run meanwhile.
    """
    stored = refused = 0
    found = chosen_rejects(settings, digests, all_of_them)
    with replaying(settings) as send:
        for each in found:
            count, why = send(each)
            stored += count
            if why:
                refused += 1
                click.echo(f"{each.digest[:SHOWN_DIGITS]} is refused again: {why}", err=True)
    text = f"stored {stored} facts; {refused} rejects are refused again"
    print_answer(as_json, text, {"stored": stored, "refused": refused})
    if refused:
        raise SystemExit(1)


@contextmanager
def replaying(settings: Settings) -> Iterator[Callable[[RejectRecord], tuple[int, str]]]:
    """Yield a function that replays a reject and returns the result of `replay`."""
    recorder = Recorder(create_ledger(settings), settings.queue_size).start()
    table = routes(settings, recorder, now_us)
    retakes = {
        route.path: route.resource.retake for route in table if hasattr(route.resource, "retake")
    }
    try:
        yield lambda reject: replay(reject, retakes)
    finally:
        recorder.close()


@rejects_group.command("drop", epilog="Example: growth rejects drop 3f9a 77c0")
@click.argument("digests", nargs=-1)
@click.option("--all", "all_of_them", is_flag=True, help="Drop all rejects.")
@as_json
@with_settings
def drop_command(
    settings: Settings, digests: tuple[str, ...], all_of_them: bool, as_json: bool
) -> None:
    """Drop rejects for good."""
    found = chosen_rejects(settings, digests, all_of_them)
    for each in found:
        each.delete_instance()
    print_answer(as_json, f"dropped {len(found)} rejects", {"dropped": len(found)})
