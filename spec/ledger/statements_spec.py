"""The ledger writes a batch in few statements, because each takes a round trip to the server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest
from counting import deed, page, statements
from service import Service

from growth.attribution.facts import Fact


def names(count: int) -> list[str]:
    return [f"v{number}" for number in range(count)]


def pages(count: int, minute: float, campaign: str = "") -> list[Fact]:
    return [page(who, minute, campaign) for who in names(count)]


def signups(count: int, minute: float) -> list[Fact]:
    return [deed(who, "signup", minute) for who in names(count)]


def purchases(count: int, since: int) -> list[Fact]:
    """Twenty purchases of each person, a minute apart."""
    return [deed(who, "purchase", since + n) for who in names(count) for n in range(20)]


class Case(NamedTuple):
    """The batches stored before, the batch to count, and the most statements it may take."""

    before: Sequence[list[Fact]]
    batch: list[Fact]
    most: int


CUSTOMERS = [pages(25, 0), signups(25, 1), purchases(25, 100)]

BATCHES = {
    "100 pageviews of new visitors": Case([], pages(100, 0), 30),
    "100 next pageviews of known visitors": Case([pages(100, 0)], pages(100, 1), 30),
    "100 signups of visitors with two pages": Case(
        [pages(100, 0), pages(100, 1)], signups(100, 2), 60
    ),
    "500 purchases, 20 each of 25 persons": Case(CUSTOMERS[:2], CUSTOMERS[2], 60),
    "25 late pageviews of persons with 21 conversions": Case(CUSTOMERS, pages(25, 50, "ad"), 80),
    "250 signups with a page each": Case([], [*pages(250, 0), *signups(250, 1)], 100),
}

NEWEST: dict[str, Callable[[float], Fact]] = {
    "pageview": lambda minute: page("v0", minute),
    "click on an ad": lambda minute: page("v0", minute, "ad"),
    "purchase": lambda minute: deed("v0", "purchase", minute),
}
DAY = 24 * 60


def executed(service: Service, batch: Sequence[Fact]) -> int:
    """The number of statements that a batch takes."""
    with statements() as found:
        service.ledger.apply(batch)
    return len(found)


class DescribeStatements:
    @pytest.mark.parametrize(
        "case", [pytest.param(case, id=name) for name, case in BATCHES.items()]
    )
    def it_writes_a_batch_in_few(self, service: Service, case: Case) -> None:
        for batch in case.before:
            service.ledger.apply(batch)

        assert executed(service, case.batch) <= case.most

    @pytest.mark.parametrize("fact", [pytest.param(fact, id=name) for name, fact in NEWEST.items()])
    def it_takes_no_more_for_a_long_history(
        self, service: Service, fact: Callable[[float], Fact]
    ) -> None:
        service.ledger.apply([page("v0", 0), deed("v0", "signup", 1)])
        short = executed(service, [fact(DAY)])
        for day in range(2, 60):
            visit = [page("v0", day * DAY + n, "ad" if n == 0 else "") for n in range(5)]
            service.ledger.apply([*visit, deed("v0", "purchase", day * DAY + 5)])

        assert executed(service, [fact(60 * DAY)]) <= short

    def it_lists_a_hundred_users_in_few(self, service: Service) -> None:
        for batch in (pages(150, 0, "ad"), signups(150, 1), purchases(150, 2)):
            service.ledger.apply(batch)

        with statements() as found:
            answer = service.ask(by="user", limit=100, include="touches")

        assert len(answer["results"]) == 100
        assert len(found) <= 12
