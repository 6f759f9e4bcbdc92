"""Keeps the earnings: what credits come to by day and origin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import groupby, starmap
from operator import attrgetter
from typing import Any

from growth.attribution.credit import SINGLE_CLICK, WHOLE
from growth.attribution.facts import DAY
from growth.database.statements import database
from growth.database.tables import ConversionRecord, CreditRecord
from growth.database.tables import conversion as conversions
from growth.database.tables import earning as earnings
from growth.ledger.credits import CreditRow
from growth.ledger.sums import count

MILLION = 1_000_000

MOST_UNSETTLED = 200
"""Persons whose latest pageviews are left to reports: as many as cost them next to nothing."""

MOST_SETTLED = 2 * MOST_UNSETTLED
"""Persons whose pageviews one transaction settles, for it has to lock them."""

Place = tuple[str, str, int, int, str]
"""Model, event, day, origin and currency."""


def due(most: int) -> list[str]:
    """The persons to settle now: none up to so many, or while somebody else settles."""
    if not earnings.DEFERRED.rows(size=1, skipped=most) or not database.may_settle():
        return []
    return [owner for (owner,) in earnings.DEFERRED.rows(size=MOST_SETTLED, skipped=0)]


class Earnings:
    """What a transaction adds to the earnings and takes from them, and the conversions that changed
    with that: written at its end, for from then on others may have to wait until it commits.

    Each row is written once, in the order of their keys: who takes an extreme back and who brings
    another do so in turn. Changes are marked last, under a lock: whoever sees one sees all that are
    marked with an earlier instant.
    """

    def __init__(self) -> None:
        self.changed: list[dict[str, Any]] = []
        self.sums: defaultdict[Place, list[int]] = defaultdict(lambda: [0] * len(earnings.SUMS))
        self.added: defaultdict[Place, list[int]] = defaultdict(list)
        self.taken: defaultdict[Place, list[int]] = defaultdict(list)
        self.losers: set[str] = set()

    def add(self, rows: Sequence[CreditRow]) -> None:
        """Count the credits of one conversion that are written."""
        self.count(rows, 1, self.added)

    def take(self, rows: Sequence[CreditRow]) -> None:
        """Count the credits of one conversion no more, for they are deleted."""
        self.count(rows, -1, self.taken)
        self.losers.update(row.owner for row in rows)

    def count(self, rows: Sequence[CreditRow], sign: int, times: dict[Place, list[int]]) -> None:
        seen = seen_by(rows[0].owner) if rows else 0
        for row in rows:
            place = place_of(row)
            count(self.sums[place], *(sign * figure for figure in figures_of(row, seen)))
            if row.started_at is not None:
                times[place].append(row.occurred_at - row.started_at)

    def shift(self, owner: str, after: int, pageviews: int) -> None:
        """Count more pageviews before the person's conversions after an instant."""
        for *place, credit in earnings.LATER.rows(owner=owner, after=after):
            self.sums[place_in(place)][PAGES_BEFORE] += credit * pageviews

    def settle(self, owners: Sequence[str]) -> None:
        """Count the pageviews that persons saw lately."""
        lately = earnings.SETTLE.rows([(owner,) for owner in owners])
        for *place, more in earnings.GAINED.rows(lately):
            self.sums[place_in(place)][PAGES_SEEN] += more

    def write(self, now: Callable[[], int]) -> None:
        """Write what was counted, and mark what changed with the instant, in microseconds."""
        rows = [self.row(place) for place in sorted(self.sums)]
        earnings.ADD.run_many(rows)
        self.find_extremes()
        earnings.DELETE_EMPTY.run_many(row for row in rows if row["credit"] < 0)
        left = {owner for (owner,) in earnings.CREDITED.rows([(each,) for each in self.losers])}
        earnings.FORGET.run_many({"owner": owner} for owner in sorted(self.losers - left))
        if self.changed:
            database.lock_changes()
            at = now()
            conversions.UPSERT.run_many({**row, "changed_at": at} for row in self.changed)

    def find_extremes(self) -> None:
        """Look for the extremes of a row anew where one may have been taken out."""
        taken = [(*place, min(times), max(times)) for place, times in self.taken.items()]
        for place in sorted(earnings.WITH_EXTREME.rows(taken)):
            row = key_of(place)
            found = earnings.EXTREMES.row(**row)
            assert found is not None  # a minimum and a maximum, which may be null
            earnings.SET_EXTREMES.run(**row, fastest=found[0], longest=found[1])

    def row(self, place: Place) -> dict[str, Any]:
        times = self.added.get(place, ())
        return {
            **key_of(place),
            **dict(zip(earnings.SUMS, self.sums[place], strict=True)),
            "fastest": min(times, default=None),
            "longest": max(times, default=None),
        }


PAGES_BEFORE, PAGES_SEEN = map(earnings.SUMS.index, ("pages_before", "pages_seen"))


def figures_of(row: CreditRow, seen: int) -> list[int]:
    """What a credit adds to the sums, in their order."""
    weight, is_single = row.credit, row.model in SINGLE_CLICK
    elapsed = 0 if row.started_at is None else row.occurred_at - row.started_at
    return [
        weight,
        weight * row.from_trial,
        *divmod(elapsed * weight, WHOLE),
        *divmod(row.revenue or 0, MILLION),
        weight * (row.pages_before or 0),
        weight * seen * is_single,
    ]


def seen_by(owner: str) -> int:
    """The pageviews of a person that the earnings count."""
    row = earnings.COUNTED.row(owner=owner)
    return row[0] if row else 0


def place_of(row: CreditRow) -> Place:
    return row.model, row.event, row.day, row.origin or 0, row.currency or ""


def place_in(columns: Sequence[Any]) -> Place:
    model, event, day, origin, currency = columns
    return model, event, day, origin, currency


def key_of(place: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(earnings.KEY, place, strict=True))


def earnings_of_day(day: int) -> list[dict[str, Any]]:
    """The rows that the earnings of a day must have, summed from the credits."""
    found = Earnings()
    conversion, credit = ConversionRecord, CreditRecord
    is_theirs = (credit.owner == conversion.owner) & (credit.conversion == conversion.digest)
    at = conversion.occurred_at
    rows = (
        credit.select()
        .join(conversion, on=is_theirs)
        .where(at >= day * DAY, at < (day + 1) * DAY)
        .order_by(credit.owner)
    )
    for _, theirs in groupby(starmap(CreditRow, rows.tuples()), key=attrgetter("owner")):
        found.add(list(theirs))
    return [found.row(place) for place in sorted(found.sums)]
