"""How clicks and conversions are shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from peewee import JOIN, Column

from growth.attribution.credit import MODELS, SINGLE_CLICK, WHOLE
from growth.attribution.facts import SECOND
from growth.attribution.money import from_minor
from growth.database.statements import Batch, asked, database
from growth.database.tables import CreditRecord, VisitRecord
from growth.query.query import Query
from growth.reports.credits import is_click
from growth.reports.figures import ratio
from growth.schemas.times import format_time

CLICK = [
    getattr(VisitRecord, name)
    for name in (
        "digest",
        "started_at",
        "channel",
        "source",
        "medium",
        "campaign",
        "content",
        "term",
        "paid",
        "landing_page",
        "url",
        "referrer_url",
        "click_ids",
    )
]
"""The columns of visits that make a click, as `click_of` takes them."""


class Click(NamedTuple):
    """A visit as the thing that brought the visitor: when it began, and how it is shown."""

    digest: str
    started_at: int
    shown: dict[str, Any]

    def before(self, at: int) -> dict[str, Any]:
        """How it is shown as the click of a conversion at an instant."""
        return {**self.shown, "seconds_before": ratio(at - self.started_at, SECOND)}


def click_of(columns: Sequence[Any]) -> Click:
    """The click of a row of `CLICK`."""
    (digest, started_at, channel, source, medium, campaign, content, term, paid, landing_page, url,
     referrer_url, click_ids) = columns  # fmt: skip
    shown = {
        "at": format_time(started_at),
        "channel": channel,
        "source": source,
        "medium": medium,
        "campaign": campaign,
        "content": content,
        "term": term,
        "paid": bool(paid),
        "landing_page": landing_page,
        "url": url,
        "referrer_url": referrer_url,
        "click_ids": {} if click_ids == "[]" else dict(orjson.loads(click_ids)),
    }
    return Click(digest, started_at, shown)


Ends = Mapping[str, tuple[Click | None, Click | None]]
"""The first and the last click, by conversion's digest; the same one if there is but one."""

Touch = tuple[str, int, int, Click]
"""A model, a click's place among those of the conversion, its credit in millionths, and itself."""

Touches = Mapping[str, list[Touch]]
"""By conversion's digest."""


def first_and_last(size: int) -> Any:
    """So many conversions with their first click, and the last if that is another."""
    theirs, credit, other = asked(size, "owner", "conversion"), CreditRecord, CreditRecord.alias()
    model = Column(other, "model")  # `other.model` is the record
    last, is_another = VisitRecord.alias(), other.click != credit.click
    columns = [getattr(last, column.name) for column in CLICK]
    return (
        credit.select(credit.conversion, *CLICK, *columns)
        .from_(theirs)
        .join(credit, on=is_of(theirs, credit) & (credit.model == "first_click"))
        .join_from(theirs, other, on=is_of(theirs, other) & (model == "last_click"))
        .join_from(credit, VisitRecord, JOIN.LEFT_OUTER, on=is_click())
        .join_from(other, last, JOIN.LEFT_OUTER, on=is_click(other, last) & is_another)
        .with_cte(theirs)
    )


def credits_with_clicks(size: int, *models: str) -> Any:
    """The credits of so many conversions with their clicks, which in a cluster lie elsewhere."""
    theirs, record = asked(size, "owner", "conversion"), CreditRecord
    names = ("conversion", "model", "position", "credit", "fingerprint", "started_at", "click")
    credited = (
        record.select(*(getattr(record, name) for name in names))
        .from_(theirs)
        .join(record, on=is_of(theirs, record))
        .where(record.model.in_(models))
        .cte("credited", materialized=True)
    )
    columns = (getattr(credited.c, name) for name in names[:4])
    return (
        VisitRecord.select(*columns, *CLICK)
        .from_(credited)
        .join(VisitRecord, on=is_click(credited.c))
        .with_cte(theirs, credited)
    )


def is_of(theirs: Any, credit: Any) -> Any:
    """Whether a credit is one of a conversion asked for."""
    return (credit.owner == theirs.c.owner) & (credit.conversion == theirs.c.conversion)


FIRST_AND_LAST = Batch(first_and_last)
APART = Batch(lambda size: credits_with_clicks(size, *SINGLE_CLICK))
ALL = Batch(lambda size: credits_with_clicks(size, *MODELS))


def ends_of(conversions: Iterable[Any]) -> Ends:
    """The first and the last click that conversions credit."""
    found, places = {}, len(CLICK)
    asked_for = [(each.owner, each.digest) for each in conversions]
    if database.is_cluster:
        return ends_apart(asked_for)
    for digest, *columns in FIRST_AND_LAST.rows(asked_for):
        first = None if columns[0] is None else click_of(columns[:places])
        last = first if columns[places] is None else click_of(columns[places:])
        found[digest] = first, last
    return found


def ends_apart(asked_for: Sequence[tuple[str, str]]) -> Ends:
    """As `ends_of`, from a row for each: what may be missing is in a cluster not joined."""
    found: defaultdict[str, dict[str, Click]] = defaultdict(dict)
    for digest, model, _, _, *click in APART.rows(asked_for):
        found[digest][model] = click_of(click)
    return {each: (ends["first_click"], ends["last_click"]) for each, ends in found.items()}


def touches_of(conversions: Iterable[Any], query: Query) -> Touches:
    """All clicks that earn credit for conversions, if they are asked for."""
    found: defaultdict[str, list[Touch]] = defaultdict(list)
    if "touches" not in query.include:
        return found
    clicks: dict[Any, Click] = {}
    asked_for = [(each.owner, each.digest) for each in conversions]
    for digest, model, place, credit, *click in ALL.rows(asked_for):
        if click[0] not in clicks:
            clicks[click[0]] = click_of(click)
        found[digest].append((model, place, credit, clicks[click[0]]))
    return found


def conversion(record: Any, ends: Ends, pageviews: int) -> dict[str, Any]:
    """A conversion with its clicks; `pageviews` are all that its person has seen."""
    at = record.occurred_at
    first, last = ends.get(record.digest, (None, None))
    first_click = first and first.before(at)
    return {
        "id": record.fact_id or record.digest,
        "event": record.event,
        "occurred_at": format_time(at),
        "value": None if record.value is None else from_minor(record.value, record.currency),
        "currency": record.currency,
        "first_click": first_click,
        "last_click": first_click if last is first else last and last.before(at),
        "time_to_convert": first_click and first_click["seconds_before"],
        "visits_before": record.visits_before,
        "pages_before": record.pages_before,
        "pages_after": pageviews - record.pages_before,
        "revision": record.revision,
        "changed_at": format_time(record.changed_at),
    }


def all_touches(record: Any, touches: Touches) -> list[dict[str, Any]]:
    """Every click of a conversion with its credit under each model, earliest first."""
    found: dict[int, dict[str, Any]] = {}
    touched = sorted(touches.get(record.digest, ()), key=lambda touch: touch[:2])
    for model, place, credit, click in touched:
        told = {**click.before(record.occurred_at), "credit": {}}
        found.setdefault(place, told)["credit"][model] = credit / WHOLE
    return [found[place] for place in sorted(found)]
