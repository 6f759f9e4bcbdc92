"""Rule 8 for visits: adds new and late pageviews to a visitor's visits."""

from __future__ import annotations

from collections.abc import Container, Iterable
from itertools import groupby

from growth.attribution.facts import Pageview
from growth.attribution.rules import Rules
from growth.attribution.visits import Visit, in_order, start_visit, starts_visit


class Fold:
    """Derives the visits of one visitor again, from the earliest new page on.

    `before` is the last stored visit that began before the new pages. `resumed_at` is the time of
    the last page of `before` that was seen before the new pages. `later` are the stored visits
    after `before`, in order. `is_known` is set if visits of the visitor were purged. Then none of
    the derived visits is the visitor's first. `old` has the stored visits and `new` the derived
    visits. Their keys are the digests of the visits' first pages.

    If the new pages are the visitor's latest, only the new pages are read. After a late page, the
    stored pages that follow are read, too. The run ends when a derived visit agrees with a stored
    visit again. The stored visits after this visit stay as they are.
    """

    def __init__(
        self,
        before: Visit | None,
        resumed_at: int,
        later: Iterable[Visit],
        rules: Rules,
        is_known: bool = False,
    ) -> None:
        self.rules = rules
        self.is_known = is_known
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
        """Add each of `pages` to the current visit, or start a visit with it. Return self.

        `late` has the digests of the pages that no stored visit counts yet. `until` is the time of
        the latest of these pages. `pages` need not be all pages of the visitor. If `rejoined` is
        set after the run, no more pages are needed.
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
            is_first = current is None and not self.is_known
            tie = current.tie + 1 if current is not None and tied else 0
            current = start_visit(page, tie, is_first, self.rules)
        else:
            current = current.ending(page.created_at, current.pageviews)
        self.current = self.new[current.digest] = current
        self.counts[current.digest] = self.counts.get(current.digest, 0) + 1

    def leave_old(self, page: Pageview) -> None:
        """Subtract a stored page from the stored visit that counted it."""
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
