"""The common case, many at once: new pages of visitors whom nobody claimed, newer than all theirs.

What `visitors.update` would do for each, in a few statements for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter

from growth.attribution.facts import Pageview, visitor
from growth.attribution.fold import Fold
from growth.attribution.rules import Rules
from growth.attribution.visits import Visit
from growth.database.tables import identity
from growth.database.tables import remnant as remnants
from growth.database.tables import visit as visits
from growth.ledger.visitors import Change, News


def update(found: Mapping[str, News], rules: Rules) -> dict[str, list[Change]]:
    """Write the visits of those visitors of whom this is the case; return how they changed."""
    asked = [name for name, news in found.items() if not (news.claims or news.is_recounted)]
    known = {name for (name,) in identity.CLAIMED.rows([(name,) for name in asked])}
    purged = {key for key, _ in remnants.OF_EACH.rows([(visitor(name),) for name in asked])}
    asked = [name for name in asked if name not in known and visitor(name) not in purged]
    latest = latest_visits(asked)
    changes = {
        name: folded(latest.get(name), found[name].pages, rules)
        for name in asked
        if is_newest(found[name].pages, latest.get(name))
    }
    new = [visit for each in changes.values() for _, visit in each if visit is not None]
    new.sort(key=attrgetter("fingerprint"))
    visits.UPSERT_MANY.run([visits.columns_of(visit) for visit in new])
    return changes


def latest_visits(fingerprints: Iterable[str]) -> dict[str, Visit]:
    rows = visits.LATEST_OF_EACH.rows([(name,) for name in fingerprints])
    return {visit.fingerprint: visit for visit in map(visits.from_row, rows)}


def is_newest(pages: Iterable[Pageview], latest: Visit | None) -> bool:
    return latest is None or all(page.created_at > latest.last_at for page in pages)


def folded(latest: Visit | None, pages: list[Pageview], rules: Rules) -> list[Change]:
    """How the pages change the visits; they stay the visitor's own."""
    pages = sorted(pages, key=attrgetter("created_at"))
    resumed_at = latest.last_at if latest else 0
    late = {page.digest for page in pages}
    done = Fold(latest, resumed_at, (), rules).run(pages, late, until=pages[-1].created_at)
    changes = [(done.old.get(digest), done.new.get(digest)) for digest in done.counts]
    return [(old, new) for old, new in changes if old != new]
