"""growth seed: believable traffic through the real write path, and the questions worth asking."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import click

from growth.app import create_ledger
from growth.database import connect, require_current
from growth.ledger import now_us
from growth.models import MarkRecord
from growth.recorder import Recorder
from growth.reports import answer
from growth.resources.facts import Facts
from growth.schemas.costs import load_cost
from growth.schemas.facts import load_event, load_pageview
from growth.schemas.query import load_query
from growth.seeds.spending import spending
from growth.seeds.traffic import generate
from growth.server import url_of
from growth.settings import Settings

BATCH = 100


def seed(settings: Settings, visitors: int, days: int, number: int) -> None:
    """Send the traffic; sent before, it is known and adds nothing."""
    require_current(connect(settings.database_url))
    recorder = Recorder(create_ledger(settings).apply, settings.queue_size).start()
    resources = {
        "/pageviews": Facts(recorder, load_pageview, now_us),
        "/events": Facts(recorder, load_event, now_us),
        "/costs": Facts(recorder, load_cost, now_us),
    }
    facts = generate(visitors, days, number, anchor(visitors, days, number))
    facts += spending(facts, number)
    stored = duplicates = 0
    with click.progressbar(length=len(facts), label=f"{len(facts)} facts") as progress:
        for path, items in batches(facts):
            told = resources[path].record(items)
            stored, duplicates = stored + told["stored"], duplicates + told["duplicates"]
            progress.update(len(items))
    recorder.close()
    click.echo(f"stored {stored}, known already {duplicates}\n")
    show_questions(url_of(settings), last_user(facts))


def anchor(visitors: int, days: int, number: int) -> datetime:
    """When this traffic ends: now, the first time it is asked for; the same from then on."""
    name = f"seed {visitors} {days} {number}"
    mark, _ = MarkRecord.get_or_create(name=name, defaults={"value": datetime.now(UTC).isoformat()})
    return datetime.fromisoformat(mark.value)


def batches(facts: list[tuple[str, dict[str, Any]]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Runs of facts for one path, in their order, a batch at a time."""
    for path, run in groupby(facts, key=lambda fact: fact[0]):
        items = [body for _, body in run]
        for start in range(0, len(items), BATCH):
            yield path, items[start : start + BATCH]


def last_user(facts: list[tuple[str, dict[str, Any]]]) -> str | None:
    """The user who signed up last."""
    signups = (body["user_id"] for _, body in reversed(facts) if body.get("name") == "signup")
    return next(signups, None)


def show_questions(url: str, user_id: str | None) -> None:
    """The three questions worth asking: each with its curl and its answer."""
    for question, by in (
        ("Which channels bring the signups?", "channel"),
        ("Which campaigns do?", "campaign"),
    ):
        click.echo(f"{question}\n  curl '{url}/attribution?by={by}'")
        show_groups(by)
    if user_id is not None:
        click.echo(
            f"Where did our latest user come from?\n  curl '{url}/attribution?user_id={user_id}'"
        )
        show_person(user_id)


def show_groups(by: str) -> None:
    rows = answer(load_query({"by": by}, now_us(), ()))["results"]
    for row in rows[:6]:
        click.echo(
            f"    {row[by] or '(none)':<26} {row['visits']:>6} visits "
            f"{row['conversions']:>6g} signups  rate {row['conversion_rate'] or 0:.1%}"
        )
    click.echo()


def show_person(user_id: str) -> None:
    for person in answer(load_query({"user_id": user_id}, now_us(), ()))["results"]:
        for conversion in person["conversions"]:
            for name in ("first_click", "last_click"):
                told = conversion[name] or {"channel": "Unattributed", "source": None}
                click.echo(
                    f"    {conversion['event']}, {name}: {told['channel']}, {told['source']}"
                )
