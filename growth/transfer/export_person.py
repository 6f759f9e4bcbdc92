"""Collects all stored data of a person who asks for it. `growth erase` erases the same data."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

import orjson

from growth import reports
from growth.attribution.facts import user, visitor
from growth.database.statements import columns_of, database
from growth.database.tables import (
    ClaimRecord,
    EventRecord,
    PageviewRecord,
    RejectRecord,
    RemnantRecord,
    VisitRecord,
)
from growth.ledger.rejects import rejects_of
from growth.maintenance.erasure import anonymous_events, devices_claimed_by, is_shared
from growth.query.query import load_query
from growth.schemas.money import from_minor
from growth.schemas.times import format_time

TIMES = ("created_at", "started_at", "last_at", "first_seen", "last_seen")
JSON = ("data", "click_ids", "reason")
INNER = ("digest", "tie", "rules", "subject", "kind", "size")
"""Internal columns, which have no data about the person."""


def person_export(name: str, is_user: bool, conversions: tuple[str, ...]) -> dict[str, Any]:
    """All data of a user on all devices, or all data of a visitor.

    Data of other users on a shared device is left out.
    """
    with database.atomic("DEFERRED"):
        devices = devices_claimed_by(name) if is_user else {name}
        visit, claim, remnant = VisitRecord, ClaimRecord, RemnantRecord
        column = "user_id" if is_user else "fingerprint"
        subject = user(name) if is_user else visitor(name)
        remembered = (remnant.subject == subject) | (remnant.user_id == name if is_user else False)
        who = {column: name, "include": "touches", "limit": "1000"}
        return {
            column: name,
            "persons": reports.answer(load_query(who, 0, conversions))["results"],
            "pageviews": exported(PageviewRecord, pageviews_by(name, devices, is_user)),
            "events": exported(EventRecord, events_by(name, devices, is_user)),
            "visits": exported(visit, getattr(visit, column) == name),
            "claims": exported(claim, getattr(claim, column) == name),
            "remembered_of_purged_facts": exported(remnant, remembered),
            "refused_input": exported(RejectRecord, RejectRecord.digest.in_(rejects_of(name))),
        }


def pageviews_by(name: str, devices: Iterable[str], is_user: bool) -> Any:
    """SQL condition that selects the person's pageviews on `devices`.

    If a device also belongs to other users, only this user's pageviews on it are selected.
    """
    page, conditions = PageviewRecord, [PageviewRecord.user_id == name] if is_user else []
    for device in sorted(devices):
        on_device = page.fingerprint == device
        if not (is_user and is_shared(device, name)):
            conditions.append(on_device)
            continue
        owned = (VisitRecord.fingerprint == device) & (VisitRecord.user_id == name)
        conditions += [
            on_device & page.user_id.is_null() & page.created_at.between(start, end)
            for start, end in VisitRecord.select(VisitRecord.started_at, VisitRecord.last_at)
            .where(owned)
            .tuples()
        ]
    return reduce(or_, conditions)


def events_by(name: str, devices: Iterable[str], is_user: bool) -> Any:
    """SQL condition that selects the person's events on `devices`, as `pageviews_by` does."""
    event, conditions = EventRecord, [EventRecord.user_id == name] if is_user else []
    for device in sorted(devices):
        on_device = event.subject == visitor(device)
        if is_user and is_shared(device, name):
            digests = [each.digest for each in anonymous_events(device, user(name))]
            conditions.append(on_device & event.digest.in_(digests))
        else:
            conditions.append(on_device)
    return reduce(or_, conditions)


def exported(record: Any, condition: Any) -> list[dict[str, Any]]:
    """The rows that `condition` selects, in readable form and sorted by time."""
    rows = record.select().where(condition).dicts()
    names = [name for name in columns_of(record) if name not in INNER or record is RemnantRecord]
    found = [{name: readable(name, row) for name in names} for row in rows]
    first = next(name for name in TIMES if name in names)
    return sorted(found, key=lambda row: str(row[first]))


def readable(name: str, row: dict[str, Any]) -> Any:
    value = row[name]
    if value is None:
        return None
    if name in TIMES:
        return format_time(value)
    if name == "value":
        return from_minor(value, row["currency"])
    return orjson.loads(value) if name in JSON else value
