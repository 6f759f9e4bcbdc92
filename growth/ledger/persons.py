"""Brings one person up to date: which of their events convert, and which clicks earn the credit."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from hashlib import blake2b
from itertools import takewhile
from typing import Any

from growth.attribution.conversions import (
    MAX_CLICKS,
    SIGNUP,
    STATES,
    TRIAL,
    converts,
    credited_clicks,
    credits_of,
)
from growth.attribution.credit import MODELS
from growth.attribution.facts import DAY, fingerprint_of, user_of
from growth.attribution.rules import Rules
from growth.attribution.visits import Visit, in_order
from growth.database.tables import conversion as conversions
from growth.database.tables import pageview as pageviews
from growth.database.tables import person as people
from growth.database.tables import remnant as remnants
from growth.database.tables import visit as visits
from growth.ledger.changes import Changes
from growth.ledger.conversions import Conversion, Verdict, credits_held
from growth.ledger.credits import row_of
from growth.ledger.history import BEGINNING, END, latest_visit, pages_from
from growth.ledger.sums import names_of, origin_id
from growth.ledger.touched import Touch

NO_CLICK = (None, None, None)

NOT_CONVERTING: dict[str, Any] = {
    "is_conversion": False,
    "from_trial": False,
    "visits_before": 0,
    "pages_before": 0,
}


class Attributor:
    """Attributes the conversions of persons under one set of rules.

    `names` are the events that convert, `lookback_days` how far back a click may lie.
    """

    def __init__(self, rules: Rules, names: Collection[str], lookback_days: int) -> None:
        self.rules = rules
        self.names = frozenset(names)
        self.tracked = self.names | set(STATES)
        self.lookback = lookback_days * DAY
        inputs = lookback_days, sorted(self.names), sorted(MODELS), MAX_CLICKS
        self.version = blake2b(repr(inputs).encode(), digest_size=4).hexdigest()

    def attribute(self, owner: str, touch: Touch, changes: Changes) -> None:
        """Attribute anew the conversions of the person that a touch may change.

        Those past the touch, and past the lookback of its clicks, only have more or less before
        them.
        """
        if touch.visits or touch.pageviews:
            shift = {"owner": owner, "after": touch.until, "pageviews": touch.pageviews}
            if conversions.SHIFT.run(**shift, visits=touch.visits).rowcount:
                conversions.SHIFT_CREDITS.run(**shift)
        reach = touch.until + (self.lookback if touch.moves_clicks else 0)
        until = END if touch.moves_states else reach
        for old, new in self.judged(owner, touch.since, until, counted_after=touch.until):
            clicks = self.clicks(new)
            if new != old or not has_credited(new, clicks):
                verdict(old, new, clicks).write(changes)

    def verdicts(self, owner: str) -> Iterator[Verdict]:
        """What all conversions of the person are, beside what is stored of them."""
        for old, new in self.judged(owner, BEGINNING, END, counted_after=END):
            yield verdict(old, new, self.clicks(new))

    def judged(
        self, owner: str, since: int, until: int, counted_after: int
    ) -> Iterator[tuple[Conversion, Conversion]]:
        """The person's conversions in a stretch of time, as they are stored and as they are.

        What came before those after the instant `counted_after` is counted already.
        """
        rows = conversions.BETWEEN.rows(owner=owner, since=since, until=until)
        if not rows:
            return
        signup, trial = (earliest(owner, name) for name in (SIGNUP, TRIAL))
        for old in (Conversion(*row) for row in rows):
            is_first = signup == (old.occurred_at, old.digest)
            after_trial = trial is not None and trial[0] < old.occurred_at
            if not converts(old.event, self.names, is_first):
                new = replace(old, **NOT_CONVERTING)
            else:
                new = replace(old, is_conversion=True, from_trial=after_trial)
                if old.occurred_at <= counted_after or not old.is_conversion:
                    visits_before, pages_before = self.seen_until(owner, old.occurred_at)
                    new = replace(new, visits_before=visits_before, pages_before=pages_before)
            yield old, new

    def clicks(self, conversion: Conversion) -> list[Visit]:
        """The clicks that earn the credit of a conversion, earliest first."""
        if not conversion.is_conversion:
            return []
        window = {
            "owner": conversion.owner,
            "start": conversion.occurred_at - self.lookback,
            "end": conversion.occurred_at,
        }
        found = clicks_in(window, is_direct=False) or clicks_in(window, is_direct=True)
        return credited_clicks(found)

    def seen_until(self, owner: str, at: int) -> tuple[int, int]:
        """The visits that began, and the pages that were seen, by the person up to the instant.

        Counted from the end, for most conversions are the newest of their person.
        """
        total, [later] = people.TOTALS.row(owner=owner), visits.SEEN_AFTER.rows(owner, at=at)
        if total is None:
            return 0, 0
        pages_after = later[1] + sum(
            visit.pageviews - self.pages_until(visit, at) for visit in ongoing_at(owner, at)
        )
        return total[0] - later[0], total[1] - pages_after

    def pages_until(self, visit: Visit, at: int) -> int:
        """The pages of an ongoing visit up to the instant: all its visitor's from its start on.

        Less those of the visit before that were seen at the microsecond when this one began.
        """
        fingerprint, start = visit.fingerprint, visit.started_at
        row = pageviews.COUNT_BETWEEN.row(fingerprint=fingerprint, after=start - 1, until=at)
        tied = takewhile(lambda page: page.created_at == start, pages_from(fingerprint, start))
        ranked = [page.digest for page in in_order(tied, self.rules)]
        earlier = ranked.index(visit.digest) if visit.digest in ranked else 0
        return (row[0] if row else 0) - earlier


def verdict(old: Conversion, new: Conversion, clicks: Sequence[Visit]) -> Verdict:
    """What is held of a conversion's credit, and what is due."""
    due = credits_of(clicks, new.occurred_at, new.value) if new.is_conversion else []
    return Verdict(old, new, credits_held(new), sorted(row_of(new, credit) for credit in due))


def has_credited(conversion: Conversion, clicks: Sequence[Visit]) -> bool:
    """Whether the credit of a conversion went to just these clicks; it is theirs to the letter."""
    held = conversions.CLICKS_OF.rows(owner=conversion.owner, conversion=conversion.digest)
    due: list[tuple[Any, ...]] = [
        (each.digest, origin_id(names_of(each)), each.country) for each in clicks
    ]
    return held == (due or [NO_CLICK] * conversion.is_conversion)


def earliest(owner: str, name: str) -> tuple[Any, ...] | None:
    """When the person first did so, and the digest of the event, `""` if it was purged."""
    if purged := remnants.LATEST.row(subject=owner, kind=name):
        return purged[0], ""
    return conversions.EARLIEST.row(owner=owner, event=name)


def ongoing_at(owner: str, at: int) -> list[Visit]:
    """The person's visits that began at or before the instant and went on after it."""
    if (fingerprint := fingerprint_of(owner)) is None:
        rows = visits.ONGOING_AT.rows(user_id=user_of(owner), at=at)
        return [visits.from_row(row) for row in rows]
    latest = latest_visit(fingerprint, at + 1)
    return [latest] if latest and latest.owner == owner and latest.last_at > at else []


def clicks_in(window: dict[str, Any], is_direct: bool) -> list[Visit]:
    """The person's direct or other visits in the window: the latest, and the earliest of all."""
    rows = visits.LATEST_CLICKS.rows(**window, is_direct=is_direct, size=MAX_CLICKS)
    if len(rows) == MAX_CLICKS:
        rows += visits.EARLIEST_CLICK.rows(**window, is_direct=is_direct)
    return list({visit.digest: visit for visit in map(visits.from_row, rows)}.values())
