"""Statements on visitors: their pageviews, their visits, and their events without a user_id."""

from __future__ import annotations

from functools import cache
from typing import Any

from peewee import fn

from growth.attribution.facts import END, Event, Pageview
from growth.database.compiled import (
    Rows,
    deleted,
    parameter_rows,
    select_about,
    select_joined,
    upsert,
)
from growth.database.statements import fields
from growth.database.tables import (
    EventRecord,
    PageviewRecord,
    VisitRecord,
)


def select_visits(given: Any, started_at: Any, *more: Any) -> Any:
    """The visits of the given visitors that meet the condition `started_at`, in order."""
    visit = VisitRecord
    is_theirs = (visit.fingerprint == given.c.fingerprint) & started_at
    rows = select_joined(given, visit, is_theirs, *more, *fields(visit))
    return rows.order_by(visit.started_at, visit.tie)


def latest_visit() -> Any:
    """For each given visitor and time, the last visit that began at or before the time."""
    given, earlier = parameter_rows("fingerprint", "at"), VisitRecord.alias()
    last = earlier.select(fn.MAX(earlier.started_at)).where(
        earlier.fingerprint == given.c.fingerprint, earlier.started_at <= given.c.at
    )
    return select_visits(given, VisitRecord.started_at == last, given.c.at)


def visits_between() -> Any:
    """The visits of a visitor that began between two times, and the last visit before them."""
    given, earlier = parameter_rows("fingerprint", "start", "end"), VisitRecord.alias()
    last = earlier.select(fn.MAX(earlier.started_at)).where(
        earlier.fingerprint == given.c.fingerprint, earlier.started_at < given.c.start
    )
    first = fn.COALESCE(last, given.c.start)
    return select_visits(given, VisitRecord.started_at.between(first, given.c.end))


@cache
def visits_from(most: int) -> Rows:
    """The first `most` + 1 visits of each visitor from a time on.

    Visits that began at the same time as the last visit found are found, too.
    """

    def build() -> Any:
        given = parameter_rows("fingerprint", "start")
        until = end_of(VisitRecord.alias(), "started_at", given, most)
        return select_visits(given, VisitRecord.started_at.between(given.c.start, until))

    return Rows(build)


@cache
def pages_from(most: int) -> Rows:
    """The first `most` + 1 pages of each visitor from a time on.

    Pages that were seen at the same time as the last page found are found, too. Pages that bots saw
    are left out (rule 11).
    """

    def build() -> Any:
        given, page = parameter_rows("fingerprint", "start"), PageviewRecord
        until = end_of(PageviewRecord.alias(), "created_at", given, most)
        is_theirs = (page.fingerprint == given.c.fingerprint) & page.created_at.between(
            given.c.start, until
        )
        rows = select_joined(given, page, is_theirs, *fields(page, of=Pageview))
        return rows.where(~page.is_bot).order_by(page.created_at)

    return Rows(build)


def end_of(record: Any, instant: str, given: Any, most: int) -> Any:
    """The time of the row after a visitor's first `most` rows. END if there is no such row."""
    at = getattr(record, instant)
    rows = record.select(at).where(record.fingerprint == given.c.fingerprint, at >= given.c.start)
    return fn.COALESCE(rows.order_by(at).limit(1).offset(most), END)


def last_page() -> Any:
    """For each given visitor and time, the time of the visitor's last page before then."""
    given, page = parameter_rows("fingerprint", "at"), PageviewRecord
    last = (
        page.select(page.created_at)
        .where(page.fingerprint == given.c.fingerprint, page.created_at < given.c.at, ~page.is_bot)
        .order_by(page.created_at.desc())
        .limit(1)
    )
    return select_about(given, given.c.fingerprint, last)


def next_visit() -> Any:
    """For each given visitor and time, the time at which the visitor's next visit began."""
    given, visit = parameter_rows("fingerprint", "at"), VisitRecord
    at = visit.started_at
    following = visit.select(fn.MIN(at)).where(
        visit.fingerprint == given.c.fingerprint, at > given.c.at
    )
    return select_about(given, given.c.fingerprint, following)


def select_anonymous_events() -> Any:
    """The events without a user_id of each given subject, between two times."""
    given, event = parameter_rows("subject", "start", "end"), EventRecord
    is_within = (
        (event.subject == given.c.subject)
        & (event.created_at >= given.c.start)
        & (event.created_at < given.c.end)
        & event.user_id.is_null()
    )
    return select_joined(given, event, is_within, *fields(event, of=Event))


LATEST_VISIT = Rows(latest_visit)
VISITS_BETWEEN = Rows(visits_between)
LAST_PAGE = Rows(last_page)
NEXT_VISIT = Rows(next_visit)
ANONYMOUS_EVENTS = Rows(select_anonymous_events)
UPSERT_VISITS = Rows(lambda: upsert(VisitRecord))
DELETE_VISITS = Rows(lambda: deleted(VisitRecord))
