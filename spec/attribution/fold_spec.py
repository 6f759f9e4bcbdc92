"""Rule 8 for visits: pages make the same visits in any order, and few pages are read again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from histories import ARRIVALS, DAYS, MINUTES, RULES, instant, page, visits_of
from hypothesis import given
from hypothesis import strategies as st

from growth.attribution.facts import Pageview
from growth.attribution.fold import Fold
from growth.attribution.visits import Visit


class Shelf:
    """The pages and visits of one visitor, as a database would store them."""

    def __init__(self) -> None:
        self.pages: list[Pageview] = []
        self.visits: list[Visit] = []
        self.steps = 0

    def store(self, late: Sequence[Pageview]) -> Fold:
        """Add pages to the visits. Count in `steps` how many stored pages the fold reads."""
        self.pages = sorted([*self.pages, *late], key=lambda seen: (seen.created_at, seen.digest))
        first = min(seen.created_at for seen in late)
        before = [visit for visit in self.visits if visit.started_at < first]
        earlier = [seen.created_at for seen in self.pages if seen.created_at < first]
        fold = Fold(
            before[-1] if before else None,
            earlier[-1] if earlier else -1,
            [visit for visit in self.visits if visit.started_at >= first],
            RULES,
        )
        self.steps = 0
        fold.run(
            self.counted(seen for seen in self.pages if seen.created_at >= first),
            late={seen.digest for seen in late},
            until=max(seen.created_at for seen in late),
        )
        kept = [visit for visit in self.visits if visit.digest not in fold.old]
        self.visits = sorted(
            [*kept, *fold.new.values()], key=lambda visit: (visit.started_at, visit.tie)
        )
        return fold

    def counted(self, pages: Iterable[Pageview]) -> Iterator[Pageview]:
        for seen in pages:
            self.steps += 1
            yield seen


@st.composite
def histories(draw: st.DrawFn) -> list[Pageview]:
    """Pages of one visitor. Some have the same time, some are half an hour apart."""
    moments = st.one_of(st.integers(0, 30).map(lambda n: n * 10), st.integers(0, 200))
    arrivals = st.sampled_from(sorted(ARRIVALS))
    drawn = draw(st.lists(st.tuples(moments, arrivals), min_size=1, max_size=25, unique=True))
    return [page(minutes * MINUTES, arrival) for minutes, arrival in drawn]


def split(pages: Sequence[Pageview], cuts: Sequence[int]) -> list[Sequence[Pageview]]:
    edges = [0, *sorted({cut % len(pages) for cut in cuts} - {0}), len(pages)]
    return [pages[start:end] for start, end in pairwise(edges)]


class DescribeFold:
    @given(histories(), st.lists(st.integers(0, 25), max_size=8))
    def it_is_the_same_in_any_split_in_order(self, pages: list[Pageview], cuts: list[int]) -> None:
        shelf = Shelf()

        for batch in split(sorted(pages, key=lambda seen: seen.created_at), cuts):
            shelf.store(batch)

        assert shelf.visits == visits_of(pages)

    @given(histories(), st.lists(st.integers(0, 25), max_size=25))
    def it_is_the_same_in_any_split_and_order(self, pages: list[Pageview], cuts: list[int]) -> None:
        shelf = Shelf()

        for batch in split(pages, cuts):
            shelf.store(batch)

        assert shelf.visits == visits_of(pages)

    @given(histories())
    def it_counts_every_page_once(self, pages: list[Pageview]) -> None:
        found = visits_of(pages)

        assert sum(visit.pageviews for visit in found) == len(pages)
        assert [visit.is_first for visit in found] == [True] + [False] * (len(found) - 1)

    def it_calls_no_visit_the_first_of_a_visitor_known_before(self) -> None:
        fold = Fold(None, -1, (), RULES, was_purged=True).run([page(0, "ad")], late=(), until=0)

        assert [visit.is_first for visit in fold.new.values()] == [False]

    def it_has_the_old_visits_and_the_new_ones(self) -> None:
        shelf = Shelf()
        shelf.store([page(0, "ad"), page(40 * MINUTES, "inside"), page(2 * DAYS, "search")])

        fold = shelf.store([page(20 * MINUTES, "inside")])

        assert [(visit.pageviews, visit.is_direct) for visit in fold.old.values()] == [
            (1, False),
            (1, True),
            (1, False),
        ]
        assert [visit.pageviews for visit in fold.new.values()] == [3, 1]


LONG_VISIT = [page(0, "ad"), *(page(10 * n, "inside") for n in range(1, 10_000))]
"""One visit of 10,000 pages."""

DAILY = [page(n * DAYS, "newsletter") for n in range(1_000)]
"""A thousand visits, one per day."""

HOURLY = [page(n * 40 * MINUTES, "inside") for n in range(1_000)]
"""A thousand visits, one every 40 minutes."""


class DescribeSteps:
    @pytest.mark.parametrize(
        ("stored", "late", "most"),
        [
            pytest.param(LONG_VISIT, page(99_995, "inside"), 2, id="the newest page of a visit"),
            pytest.param(LONG_VISIT, page(5 * DAYS, "inside"), 1, id="the first of a new visit"),
            pytest.param(LONG_VISIT, page(50_005, "inside"), 3, id="a late page in a long visit"),
            pytest.param(LONG_VISIT, page(5, "inside"), 3, id="a late page at its beginning"),
            pytest.param(DAILY, page(-1 * DAYS, "search"), 3, id="a visit before all others"),
            pytest.param(DAILY, page(500.5 * DAYS, "search"), 3, id="a visit between two others"),
            pytest.param(
                HOURLY, page(500.5 * 40 * MINUTES, "inside"), 4, id="a page that joins two visits"
            ),
            pytest.param(
                LONG_VISIT, page(50_005, "newsletter"), 5_001, id="a click that splits a visit"
            ),
        ],
    )
    def it_reads_few_pages(self, stored: list[Pageview], late: Pageview, most: int) -> None:
        shelf = Shelf()
        shelf.store(stored)

        shelf.store([late])

        assert shelf.steps <= most
        assert shelf.visits == visits_of([*stored, late])

    def it_reads_pages_until_the_visits_are_as_before(self) -> None:
        shelf = Shelf()
        shelf.store([page(n * 20 * MINUTES, "inside") for n in range(50)] + DAILY[1:])

        fold = shelf.store([page(-10 * MINUTES, "blog")])

        assert shelf.steps <= 53
        assert [visit.origin.source for visit in fold.new.values()] == [
            "blog.example.org",
            "newsletter",
        ]

    def it_touches_nothing_after_a_late_page_but_its_own_visit(self) -> None:
        shelf = Shelf()
        shelf.store(LONG_VISIT)
        [before] = shelf.visits

        fold = shelf.store([page(50_005, "inside")])

        assert list(fold.new.values()) == [replace(before, pageviews=10_001)]
        assert before.last_at == instant(99_990)
