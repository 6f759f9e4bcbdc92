"""Counts a person's visits and pageviews: all of them, and those before each conversion."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from growth.attribution.facts import Pageview
from growth.attribution.rules import Rules
from growth.attribution.visits import in_order
from growth.ledger.records import Conversion, Person
from growth.ledger.statements import journeys as statements

Instant = tuple[str, int]
"""A person's owner key or a visitor's fingerprint, and a time."""


def load_seen_in_all(owners: Sequence[str]) -> dict[str, tuple[int, int]]:
    """For each owner, the number of all visits and the number of all pageviews."""
    rows = statements.SEEN.all([(owner,) for owner in owners])
    seen = {owner: (visits, pageviews) for owner, visits, pageviews in rows}
    return {owner: seen.get(owner, (0, 0)) for owner in owners}


def load_seen(
    conversions: Sequence[Conversion], persons: Mapping[str, Person], rules: Rules
) -> dict[str, tuple[int, int]]:
    """For each conversion, how many visits and pageviews the person had until its time.

    Counts the visits and pageviews after the conversion, and subtracts them from the person's
    totals. Few are counted, because most conversions are followed by few visits.
    """
    asked = sorted({(each.owner, each.occurred_at) for each in conversions})
    later = {(owner, at): figures for owner, at, *figures in statements.SEEN_AFTER.all(asked)}
    ongoing = load_ongoing(asked, rules)
    seen: dict[Instant, tuple[int, int]] = {}
    for instant in asked:
        visits, pages = later.get(instant, (0, 0))
        person = persons[instant[0]]
        seen[instant] = person.visits - visits, person.pageviews - pages - ongoing.get(instant, 0)
    return {each.digest: seen[each.owner, each.occurred_at] for each in conversions}


def load_ongoing(asked: Sequence[Instant], rules: Rules) -> dict[Instant, int]:
    """For each owner and time, the number of pages seen later, in visits that were under way.

    A visit is under way if it began at or before the time, and ended after the time.
    """
    visits = statements.ONGOING.all(asked)
    stretches = sorted({(fingerprint, start - 1, at) for _, at, fingerprint, start, *_ in visits})
    pages = {
        (fingerprint, after + 1, until): count
        for fingerprint, after, until, count in statements.PAGES_BETWEEN.all(stretches)
    }
    tied = load_tied(
        sorted({(fingerprint, start) for _, _, fingerprint, start, *_ in visits}), rules
    )
    found: defaultdict[Instant, int] = defaultdict(int)
    for owner, at, fingerprint, start, digest, pageviews in visits:
        ranked = tied[fingerprint, start]
        # Of the pages seen at the start of the visit, those that rule 5 puts before the visit's
        # first page belong to an earlier visit.
        earlier = ranked.index(digest) if digest in ranked else 0
        found[owner, at] += pageviews - (pages[fingerprint, start, at] - earlier)
    return found


def load_tied(starts: Sequence[Instant], rules: Rules) -> Mapping[Instant, list[str]]:
    """For each visitor and time, the digests of the pages seen then, in the order of rule 5."""
    pages: defaultdict[Instant, list[Pageview]] = defaultdict(list)
    for row in statements.PAGES_AT.all(starts):
        page = Pageview(*row)
        pages[page.fingerprint, page.created_at].append(page)
    return defaultdict(
        list,
        {at: [page.digest for page in in_order(tied, rules)] for at, tied in pages.items()},
    )
