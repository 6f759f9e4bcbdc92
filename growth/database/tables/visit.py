"""The visits: derived from the pageviews and claims of a visitor."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter, itemgetter
from typing import Any

import orjson
from peewee import BigIntegerField, BooleanField, CompositeKey, SmallIntegerField, TextField

from growth.attribution.facts import owner_key
from growth.attribution.origin import Origin
from growth.attribution.visits import Visit
from growth.database.statements import Record, fields, names_of

ORIGIN = names_of(Origin)


class VisitRecord(Record):
    """Times are in microseconds UTC; `click_ids` is JSON text, `[[name, value], …]`.

    `user_id` is null if the visit belongs to no user, which is so for most visits. The indexes by
    `user_id` do not contain these visits, so storing them writes fewer pages.
    """

    table = "visits"

    fingerprint = TextField()
    started_at = BigIntegerField()
    digest = TextField()
    tie = SmallIntegerField()
    last_at = BigIntegerField()
    pageviews = BigIntegerField()
    is_first = BooleanField()
    user_id = TextField(null=True)
    url = TextField()
    referrer_url = TextField(null=True)
    country = TextField(null=True)
    is_direct = BooleanField()
    rules = TextField()
    channel = TextField()
    source = TextField(null=True)
    medium = TextField(null=True)
    campaign = TextField(null=True)
    content = TextField(null=True)
    term = TextField(null=True)
    paid = BooleanField()
    landing_page = TextField()
    host = TextField()
    referrer = TextField(null=True)
    click_ids = TextField()

    class Meta:
        primary_key = CompositeKey("fingerprint", "started_at", "digest")
        without_rowid = True
        indexes = ((("started_at", "last_at", "user_id", "digest"), False),)


for columns in (
    (VisitRecord.user_id, VisitRecord.is_direct, VisitRecord.started_at),
    (VisitRecord.user_id, VisitRecord.started_at, VisitRecord.pageviews),
    (VisitRecord.user_id, VisitRecord.last_at, VisitRecord.started_at),
):
    VisitRecord.add_index(VisitRecord.index(*columns).where(VisitRecord.user_id.is_null(False)))


def visit_row(visit: Visit) -> dict[str, Any]:
    """The columns of a visit, by name."""
    return dict(zip(COLUMNS, visit_columns(visit), strict=True))


def visit_columns(visit: Visit) -> tuple[Any, ...]:
    """The columns of a visit, in the order of the record."""
    *columns, click_ids = KEPT(visit)
    return *columns, orjson.dumps(click_ids).decode()


def from_row(row: Sequence[Any]) -> Visit:
    """The visit in a row that has all columns of the record, in their order."""
    values = list(row)
    for place in FLAGS:
        values[place] = bool(values[place])
    values[CLICK_IDS] = tuple(map(tuple, orjson.loads(values[CLICK_IDS])))
    values[USER_ID] = owner_key(values[FINGERPRINT], values[USER_ID])
    values.append(Origin(*OF_ORIGIN(values)))
    return Visit(*OF_VISIT(values))


COLUMNS = [field.name for field in fields(VisitRecord)]
KEPT = attrgetter(*(f"origin.{name}" if name in ORIGIN else name for name in COLUMNS))

PLACES = {name: place for place, name in enumerate(COLUMNS)}
"""The index of each column in a row."""

FINGERPRINT, USER_ID, CLICK_IDS = (PLACES[each] for each in ("fingerprint", "user_id", "click_ids"))
FLAGS = [PLACES[each] for each in ("is_first", "is_direct", "paid")]
OF_ORIGIN = itemgetter(*(PLACES[name] for name in ORIGIN))
OF_VISIT = itemgetter(
    *({**PLACES, "owner": USER_ID, "origin": len(COLUMNS)}[name] for name in names_of(Visit))
)
