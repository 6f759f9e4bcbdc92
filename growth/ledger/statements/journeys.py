"""Statements on the visits of persons: their number, and those in a lookback window."""

from __future__ import annotations

from typing import Any

from peewee import fn

from growth.attribution.conversions import MAX_CLICKS
from growth.attribution.facts import Pageview
from growth.database.compiled import Rows, parameter_rows, select_about, select_joined
from growth.database.statements import fields
from growth.database.tables import PageviewRecord, VisitRecord
from growth.ledger.records import StoredClick


class OfPersons:
    """A statement on the visits of persons.

    Visits of a user are found by user_id. Visits of an unclaimed visitor are found by fingerprint.

    `build(given, theirs)` makes the query. `given` has the parameters of the query: `name` and all
    of `columns`. `name` is the user_id or the fingerprint. `theirs(visit)` is the SQL condition for
    the visits of the person.
    """

    def __init__(self, build: Any, *columns: str) -> None:
        def of_users() -> Any:
            given = parameter_rows("name", *columns)
            return build(given, lambda visit: visit.user_id == given.c.name)

        def of_visitors() -> Any:
            given = parameter_rows("name", *columns)
            return build(
                given, lambda visit: (visit.fingerprint == given.c.name) & visit.user_id.is_null()
            )

        self.of = {"u": Rows(of_users), "v": Rows(of_visitors)}

    def all(self, rows: Any) -> list[tuple[Any, ...]]:
        """Return the rows found for `rows`. Rows given and rows found begin with an owner key."""
        found = []
        for kind, statement in self.of.items():
            theirs = [(owner[2:], *more) for owner, *more in rows if owner[0] == kind]
            found += [(f"{kind}:{name}", *more) for name, *more in statement.all(theirs)]
        return found


def select_seen(given: Any, theirs: Any) -> Any:
    """The number of a person's visits, and of the pageviews in them."""
    visit = VisitRecord
    figures = fn.COUNT(visit.digest), fn.SUM(visit.pageviews)
    rows = select_joined(given, visit, theirs(visit), given.c.name, *figures)
    return rows.group_by(given.c.name)


def seen_after(given: Any, theirs: Any) -> Any:
    """The number of a person's visits that began after a time, and of the pageviews in them."""
    visit = VisitRecord
    figures = fn.COUNT(visit.digest), fn.SUM(visit.pageviews)
    is_later = theirs(visit) & (visit.started_at > given.c.at)
    rows = select_joined(given, visit, is_later, given.c.name, given.c.at, *figures)
    return rows.group_by(given.c.name, given.c.at)


def ongoing(given: Any, theirs: Any) -> Any:
    """The visits of a person that began at or before a time and ended after it."""
    visit = VisitRecord
    is_ongoing = theirs(visit) & (visit.last_at > given.c.at) & (visit.started_at <= given.c.at)
    columns = visit.fingerprint, visit.started_at, visit.digest, visit.pageviews
    return select_joined(given, visit, is_ongoing, given.c.name, given.c.at, *columns)


def within(record: Any, given: Any, theirs: Any, is_direct: bool) -> Any:
    begins = record.started_at.between(given.c.start, given.c.end)
    return theirs(record) & (record.is_direct == is_direct) & begins


def latest_clicks(is_direct: bool) -> OfPersons:
    """The latest MAX_CLICKS visits in a window: direct visits if `is_direct`, else all others.

    Visits that began at the same time as the earliest visit found are found, too.
    """

    def build(given: Any, theirs: Any) -> Any:
        other = VisitRecord.alias()
        at = other.started_at
        rows = other.select(at).where(within(other, given, theirs, is_direct))
        since = rows.order_by(at.desc()).limit(1).offset(MAX_CLICKS - 1)
        return select_clicks(
            given, theirs, is_direct, fn.COALESCE(since, given.c.start), given.c.end
        )

    return OfPersons(build, "start", "end")


def earliest_clicks(is_direct: bool) -> OfPersons:
    """The earliest visit in a window: of the direct visits if `is_direct`, else of all others.

    If several visits are the earliest, all of them are found.
    """

    def build(given: Any, theirs: Any) -> Any:
        other = VisitRecord.alias()
        rows = other.select(fn.MIN(other.started_at))
        first = rows.where(within(other, given, theirs, is_direct))
        return select_clicks(given, theirs, is_direct, first, first)

    return OfPersons(build, "start", "end")


def select_clicks(given: Any, theirs: Any, is_direct: bool, since: Any, until: Any) -> Any:
    visit = VisitRecord
    is_asked = theirs(visit) & (visit.is_direct == is_direct)
    is_asked &= visit.started_at.between(since, until)
    columns = (getattr(visit, name) for name in StoredClick._fields)
    window = given.c.name, given.c.start, given.c.end
    return select_joined(given, visit, is_asked, *window, *columns)


SEEN = OfPersons(select_seen)
SEEN_AFTER = OfPersons(seen_after, "at")
ONGOING = OfPersons(ongoing, "at")
LATEST_CLICKS = {is_direct: latest_clicks(is_direct) for is_direct in (False, True)}
EARLIEST_CLICKS = {is_direct: earliest_clicks(is_direct) for is_direct in (False, True)}


def pages_between() -> Any:
    """The number of pages that a visitor saw after the time `after`, up to the time `until`."""
    given, page = parameter_rows("fingerprint", "after", "until"), PageviewRecord
    count = page.select(fn.COUNT(page.digest)).where(
        page.fingerprint == given.c.fingerprint,
        page.created_at > given.c.after,
        page.created_at <= given.c.until,
        ~page.is_bot,
    )
    names = given.c.fingerprint, given.c.after, given.c.until
    return select_about(given, *names, count)


def pages_at() -> Any:
    """The pages that a visitor saw at exactly one time."""
    given, page = parameter_rows("fingerprint", "at"), PageviewRecord
    is_then = (page.fingerprint == given.c.fingerprint) & (page.created_at == given.c.at)
    return select_joined(given, page, is_then & ~page.is_bot, *fields(page, of=Pageview))


PAGES_BETWEEN = Rows(pages_between)
PAGES_AT = Rows(pages_at)
