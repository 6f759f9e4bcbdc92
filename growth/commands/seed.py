"""growth seed: stores demo traffic as the service does, and shows example questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import urlencode

import click

from growth.attribution.credit import MODELS
from growth.attribution.facts import Fact
from growth.commands.command import with_settings
from growth.database.connecting import connect, require_current
from growth.database.tables import MarkRecord
from growth.ledger.storing import Outcome
from growth.query.query import load_query
from growth.reports import answer
from growth.schemas.costs import load_cost
from growth.schemas.facts import load_event, load_pageview
from growth.schemas.times import now_us
from growth.seeds.spending import spending
from growth.seeds.traffic import generate
from growth.settings import Settings
from growth.wiring import create_ledger

FACTS_AT_ONCE = 100
SHOWN_LINES = 10

LOADS: dict[str, Callable[[Any, int], Fact]] = {
    "/pageviews": load_pageview,
    "/events": load_event,
    "/costs": load_cost,
}

Result = dict[str, Any]
Lines = Callable[[Result], Iterator[str]]
"""Makes the lines to show for a row of an answer."""


@click.command("seed", epilog="Example: growth seed --visitors 2000 --days 60")
@click.option(
    "--visitors",
    default=10_000,
    show_default=True,
    type=click.IntRange(1, 100_000),
    help="Number of visitors.",
)
@click.option(
    "--days",
    default=90,
    show_default=True,
    type=click.IntRange(1, 3_650),
    help="Number of days with traffic.",
)
@click.option(
    "--seed",
    "number",
    default=1,
    show_default=True,
    help="The traffic depends on this number.",
)
@click.option(
    "--until",
    type=click.DateTime(),
    help="The end of the traffic in UTC. Default: the time of the first run with these options.",
)
@with_settings
def seed_command(
    settings: Settings, visitors: int, days: int, number: int, until: datetime | None
) -> None:
    """Store demo traffic.

    If you run the command again with the same options, it stores nothing new. With --until, the
    traffic is the same on every machine.
    """
    require_current(connect(settings.database_url))
    ledger = create_ledger(settings)
    end = until.replace(tzinfo=UTC) if until else anchor(visitors, days, number)
    facts = generate(visitors, days, number, end)
    facts += spending(facts, number)
    outcomes: Counter[Outcome] = Counter()
    with click.progressbar(facts, label=f"{len(facts)} facts") as progress:
        while batch := list(islice(progress, FACTS_AT_ONCE)):
            now = now_us()
            outcomes.update(ledger.apply([LOADS[path](body, now) for path, body in batch]))
    stored, known = outcomes[Outcome.STORED], outcomes[Outcome.DUPLICATE]
    click.echo(f"stored {stored}, known already {known}\n")
    show_questions(settings, last_user(facts))
    click.echo(f"Look at it: {settings.url}/")


def anchor(visitors: int, days: int, number: int) -> datetime:
    """The default end of the traffic: the time of the first run with these arguments."""
    name = f"seed {visitors} {days} {number}"
    mark, _ = MarkRecord.get_or_create(name=name, defaults={"value": datetime.now(UTC).isoformat()})
    return datetime.fromisoformat(mark.value)


def last_user(facts: list[tuple[str, dict[str, Any]]]) -> str | None:
    """The user who signed up last."""
    users = (body["user_id"] for _, body in reversed(facts) if body.get("name") == "signup")
    return next(users, None)


def show_questions(settings: Settings, user_id: str | None) -> None:
    """Show three example questions, each with its curl and its answer."""
    show("Which channels bring the signups?", {"by": "channel"}, settings, signup_lines)
    click.echo(f"  Add &model= for another attribution model: {', '.join(MODELS)}.\n")
    profits = {"by": "campaign", "event": "purchase", "sort": "-roi"}
    show("Which campaigns are the most profitable?", profits, settings, return_lines)
    if user_id is not None:
        show("Where did our latest user come from?", {"user_id": user_id}, settings, click_lines)


def show(question: str, params: dict[str, str], settings: Settings, lines: Lines) -> None:
    click.echo(f"{question}\n  curl '{settings.url}/attribution?{urlencode(params)}'")
    results = answer(load_query(params, now_us(), settings.conversions))["results"]
    for line in islice((line for row in results for line in lines(row)), SHOWN_LINES):
        click.echo(f"    {line}")
    click.echo()


def signup_lines(row: Result) -> Iterator[str]:
    yield (
        f"{row['channel']:<26} {row['visits']:>6} visits {row['conversions']:>6g} signups  "
        f"rate {row['conversion_rate'] or 0:.1%}"
    )


def return_lines(row: Result) -> Iterator[str]:
    for currency, roi in row["roi"].items():
        revenue, cost = row["revenue"].get(currency, 0), row["cost"][currency]
        shown = "no" if roi is None else f"{roi:+.0%}"
        yield f"{row['campaign']:<26} {revenue:>8.2f} {currency} for {cost:>7.2f}  roi {shown}"


def click_lines(person: Result) -> Iterator[str]:
    for conversion in person["conversions"]:
        for name in ("first_click", "last_click"):
            credited = conversion[name] or {"channel": "Unattributed", "source": None}
            yield f"{conversion['event']}, {name}: {credited['channel']}, {credited['source']}"
