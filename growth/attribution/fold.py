"""Adds new and late pageviews to a visitor's visits (rule 8)."""

from __future__ import annotations

from collections.abc import Container, Iterable
from itertools import groupby

from growth.attribution.facts import Pageview
from growth.attribution.rules import Rules
from growth.attribution.visits import Visit, in_order, start_visit, starts_visit


class Fold:
    """Derives the visits of one visitor again, from the earliest new page on.

    A page is new if no stored visit counts it yet.

    before       the last stored visit that began before the earliest new page
    resumed_at   the time of the last page of `before` that precedes the earliest new page
    later        the stored visits after `before`, in order
    was_purged   whether visits of the visitor were purged; then no derived visit is the first one
    old          `before`, and the visits of `later` that `run` reached, by the digests of their
                 first pages
    new          the derived visits, by the digests of their first pages

    If the new pages are later than all stored pages, `run` needs only the new pages. If not, it
    also needs the stored pages from the time of the earliest new page on. Once it has the latest
    new page, it stops at the first page whose derived and stored visits begin with the same page.
    """

    def __init__(
        self,
        before: Visit | None,
        resumed_at: int,
        later: Iterable[Visit],
        rules: Rules,
        was_purged: bool = False,
    ) -> None:
        self.rules = rules
        self.was_purged = was_purged
        self.later = iter(later)
        self.upcoming = next(self.later, None)
        self.old: dict[str, Visit] = {}
        self.new: dict[str, Visit] = {}
        self.counts: dict[str, int] = {}
        self.was: str | None = None
        self.rejoined = False
        self.current: Visit | None = None
        if before is not None:
            self.keep(before)
            resumed = before.ending(resumed_at, before.pageviews)
            self.current = self.new[before.digest] = resumed

    def run(self, pages: Iterable[Pageview], late: Container[str], until: int) -> Fold:
        """Add each page to the current visit, or start a visit with the page. Return self.

        `late` has the digests of the new pages. `until` is the time of the latest new page. If
        `rejoined` is true after the run, the stored visits after the last derived visit are right,
        and no more pages are needed.
        """
        for at, tied in groupby(pages, key=lambda page: page.created_at):
            for page in in_order(tied, self.rules):
                self.step(page, is_late=page.digest in late)
            if at >= until and self.has_rejoined(at):
                self.rejoined = True
                break
        self.new = {
            digest: visit.ending(visit.last_at, self.counts[digest])
            for digest, visit in self.new.items()
        }
        return self

    def step(self, page: Pageview, is_late: bool) -> None:
        if not is_late:
            self.leave_old(page)
        current = self.current
        if current is None or starts_visit(current, page, self.rules):
            tied = current is not None and current.started_at == page.created_at
            is_first = current is None and not self.was_purged
            tie = current.tie + 1 if current is not None and tied else 0
            current = start_visit(page, tie, is_first, self.rules)
        else:
            current = current.ending(page.created_at, current.pageviews)
        self.current = self.new[current.digest] = current
        self.counts[current.digest] = self.counts.get(current.digest, 0) + 1

    def leave_old(self, page: Pageview) -> None:
        """Subtract a stored page from the number of pages of its stored visit."""
        if self.upcoming is not None and self.upcoming.digest == page.digest:
            self.keep(self.upcoming)
            self.upcoming = next(self.later, None)
        if self.was is not None:
            self.counts[self.was] -= 1

    def keep(self, stored: Visit) -> None:
        self.old[stored.digest] = stored
        self.counts[stored.digest] = self.counts.get(stored.digest, 0) + stored.pageviews
        self.was = stored.digest

    def has_rejoined(self, at: int) -> bool:
        """Whether the current visit is already stored, and the stored visit ends at `at` or later.

        If so, the current visit gets the end of the stored visit.
        """
        current = self.current
        if current is None or current.digest != self.was:
            return False
        stored = self.old[current.digest]
        if stored.last_at < at:
            return False
        self.new[current.digest] = current.ending(stored.last_at, current.pageviews)
        return True
