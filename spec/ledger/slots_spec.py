"""Writers on PostgreSQL add to shared rows side by side, each in its own slot, or wait in turn.

In a spec one writer pauses within its transaction until the spec lets it go on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import pytest
from histories import DAYS, instant, seen
from service import NOW, Service

from growth.attribution.facts import SECOND, Event, Pageview
from growth.database.statements import database
from growth.database.tables import RollupRecord
from growth.ledger import daily

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("equal_to_its_facts")]

SHORTLY = 0.3
"""Enough seconds for a transaction that does not have to wait."""


class Pausing:
    """Wraps a function. After its first call, the caller waits until `told` is set."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.reached, self.told = threading.Event(), threading.Event()

    def __call__(self, *args: Any, **options: Any) -> Any:
        result = self.function(*args, **options)
        if not self.reached.is_set():
            self.reached.set()
            assert self.told.wait(10)
        return result


@pytest.fixture
def apply(service: Service) -> Iterator[Callable[..., Future[None]]]:
    """A function that commits facts in another thread, as another process would."""

    def commit(facts: Any) -> None:
        service.ledger.apply(facts)
        database.release()

    with ThreadPoolExecutor(4) as pool:
        yield lambda *facts: pool.submit(commit, facts)


def page(name: str, at: float = 0) -> Pageview:
    return Pageview(name, instant(at), f"{name} {at}", "https://shop.example.com/")


def signup(name: str, at: float = 2 * DAYS) -> Event:
    return Event("signup", instant(at), f"{name} signup", fingerprint=name)


def is_done(*futures: Future[None]) -> bool:
    return not wait(futures, SHORTLY).not_done


class DescribeRollups:
    def it_is_added_to_side_by_side(
        self, service: Service, apply: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The two pageviews have the same day and origin, and so has one stored before."""
        service.store("/pageviews", seen(0, "direct", fingerprint="tablet"))
        pausing = Pausing(daily.add_visits)
        monkeypatch.setattr(daily, "add_visits", pausing)
        one = apply(page("phone"))
        assert pausing.reached.wait(5)

        other = apply(page("laptop"))

        assert is_done(other)
        assert not one.done()
        pausing.told.set()
        one.result()
        assert {row.slot for row in RollupRecord.select()} == {0, 1}
        [direct] = service.ask()["results"]
        assert (direct["visits"], direct["new_visitors"], direct["pageviews"]) == (3, 3, 3)

    def it_is_in_one_slot_as_long_as_nobody_else_writes(self, service: Service) -> None:
        for day in range(3):
            service.store("/pageviews", seen(day * DAYS, "direct"))

        assert {row.slot for row in RollupRecord.select()} == {0}

    def it_waits_when_all_slots_are_taken(
        self, service: Service, apply: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        service.ledger.slots = 1
        pausing = Pausing(daily.add_visits)
        monkeypatch.setattr(daily, "add_visits", pausing)
        one = apply(page("phone"))
        assert pausing.reached.wait(5)

        other = apply(page("laptop"))

        assert not is_done(other)
        pausing.told.set()
        one.result()
        other.result()

    def it_shows_no_group_without_visits(
        self, service: Service, apply: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A visit counted in slot 0 gets another origin while slot 0 is locked. Slot 1 gets a row
        of -1 visits, so that the two rows cancel out and no group is shown."""
        service.store("/pageviews", seen(60, "inside"))
        pausing = Pausing(daily.add_visits)
        monkeypatch.setattr(daily, "add_visits", pausing)
        one = apply(page("laptop", 2 * DAYS))
        assert pausing.reached.wait(5)

        service.store("/pageviews", seen(0, "ad"))

        pausing.told.set()
        one.result()
        assert (1, -1) in {(row.slot, row.visits) for row in RollupRecord.select()}
        first_day = service.ask(start="2026-03-02", to="2026-03-03")["results"]
        assert [each["channel"] for each in first_day] == ["Paid Search"]


class DescribeChanges:
    def it_is_marked_in_the_order_of_commits(
        self, service: Service, apply: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A client that asks for the changes since `as_of` misses none."""
        pausing = Pausing(service.ledger.now)
        monkeypatch.setattr(service.ledger, "now", pausing)
        one = apply(signup("phone"))
        assert pausing.reached.wait(5)
        service.now = NOW + SECOND

        other = apply(signup("laptop", 3 * DAYS))

        assert not is_done(other)
        as_of = service.ask(by="conversion")["as_of"]
        pausing.told.set()
        one.result()
        other.result()
        assert as_of is None
        found = service.ask(by="conversion", changed_since="2026-11-22T12:00:00Z")["results"]
        assert len(found) == 2

    def it_holds_up_nobody_without_conversions(
        self, service: Service, apply: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pausing = Pausing(service.ledger.now)
        monkeypatch.setattr(service.ledger, "now", pausing)
        one = apply(signup("phone"))
        assert pausing.reached.wait(5)

        assert is_done(apply(page("laptop")))

        pausing.told.set()
        one.result()
