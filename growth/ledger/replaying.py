"""Finds the visits that newly stored pageviews change.

A pageview that is newer than all visits of its visitor extends the latest visit or starts a new
one. If a pageview arrived late, the visits from its time on are derived again (replayed).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from growth.attribution.facts import BEGINNING, END, Pageview
from growth.attribution.fold import Fold
from growth.attribution.rules import Rules
from growth.attribution.visits import Visit
from growth.database.tables.visit import from_row
from growth.ledger.identity import Change, latest_visits, purged_owners
from growth.ledger.statements import visitors as statements
from growth.metrics import LATE, REPLAYS

FIRST_READ, MORE = 16, 16
"""A replay first reads 16 pages of a visitor. While they are too few, it reads 16 times as many."""

Pages = Mapping[str, Sequence[Pageview]]
"""The pageviews of each visitor. The keys are fingerprints."""


def folded(news: Pages, rules: Rules) -> list[Change]:
    """The visits that newly stored pages change. The owners of these visits are not set yet."""
    latest = {fp: visit for (fp, _), visit in latest_visits((fp, END) for fp in news).items()}
    purged = purged_owners(news.keys() - latest.keys())
    changes: list[Change] = []
    late: dict[str, Sequence[Pageview]] = {}
    for fingerprint, pages in news.items():
        visit = latest.get(fingerprint)
        if visit is None or all(page.created_at > visit.last_at for page in pages):
            ordered = sorted(pages, key=lambda page: page.created_at)
            begun = Fold(visit, visit.last_at if visit else 0, (), rules, fingerprint in purged)
            changes += changes_of(run(begun, ordered, pages))
        else:
            late[fingerprint] = pages
    LATE.inc(
        sum(page.created_at < latest[fp].last_at for fp, pages in late.items() for page in pages)
    )
    REPLAYS.inc(len(late))
    return changes + replayed(late, rules)


def replayed(late: Pages, rules: Rules) -> list[Change]:
    """The visits that late pages change.

    The visits are derived again, beginning with the visit before the first late page. The replay
    ends after the last late page, when a derived visit begins with the same page as a stored visit.
    """
    first = {fp: min(page.created_at for page in pages) for fp, pages in late.items()}
    before = {
        fp: visit
        for (fp, _), visit in latest_visits((fp, at - 1) for fp, at in first.items()).items()
    }
    resumed = last_pages(
        (fp, first[fp]) for fp, visit in before.items() if visit.last_at >= first[fp]
    )
    purged = purged_owners(late.keys() - before.keys())
    changes: list[Change] = []
    size, pending = FIRST_READ, sorted(late)
    while pending:
        asked = [(fingerprint, first[fingerprint]) for fingerprint in pending]
        visits, pages = load_visits(asked, size), load_pages(asked, size)
        again = []
        for fp in pending:
            visit = before.get(fp)
            resumed_at = resumed.get(fp, visit.last_at if visit else BEGINNING)
            fold = Fold(visit, resumed_at, visits[fp], rules, fp in purged)
            run(fold, pages[fp], late[fp])
            if fold.rejoined or len(pages[fp]) <= size:
                changes += changes_of(fold)
            else:
                again.append(fp)
        size, pending = size * MORE, again
    return changes


def run(fold: Fold, pages: Iterable[Pageview], late: Sequence[Pageview]) -> Fold:
    until = max(page.created_at for page in late)
    return fold.run(pages, {page.digest for page in late}, until)


def changes_of(fold: Fold) -> list[Change]:
    pairs = [(fold.old.get(digest), fold.new.get(digest)) for digest in fold.counts]
    return [(old, new) for old, new in pairs if old != new]


def load_visits(asked: Sequence[tuple[str, int]], most: int) -> Mapping[str, list[Visit]]:
    """For each visitor, the stored visits that `visits_from` finds, in order."""
    found: defaultdict[str, list[Visit]] = defaultdict(list)
    for row in statements.visits_from(most).all(asked):
        found[row[0]].append(from_row(row))
    return found


def load_pages(asked: Sequence[tuple[str, int]], most: int) -> Mapping[str, list[Pageview]]:
    """For each visitor, the pages that `pages_from` finds, sorted by time."""
    found: defaultdict[str, list[Pageview]] = defaultdict(list)
    for row in statements.pages_from(most).all(asked):
        found[row[0]].append(Pageview(*row))
    return found


def last_pages(asked: Iterable[tuple[str, int]]) -> dict[str, int]:
    """For each visitor and instant, the time of the visitor's last page before the instant."""
    rows = statements.LAST_PAGE.all(sorted(asked))
    return {fingerprint: at for fingerprint, at in rows if at is not None}
