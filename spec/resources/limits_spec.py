"""The number of reports that run at the same time is limited."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from patience import wait_until
from service import Service, pageview, problem

from growth.http.errors import Problem
from growth.resources import attribution
from growth.resources.limits import Turns


class DescribeTurns:
    def it_gives_an_eighth_of_the_threads_a_turn(self) -> None:
        turns = Turns(threads=16, seconds=0.01)

        with turns.taken(), turns.taken(), pytest.raises(Problem) as refused, turns.taken():
            pass

        assert refused.value.headers == {"Retry-After": "1"}
        with turns.taken():
            pass

    def it_lets_half_of_the_threads_wait(self, pool: ThreadPoolExecutor) -> None:
        turns, is_over = Turns(threads=4, seconds=30), Event()

        def work() -> bool:
            with turns.taken():
                return is_over.wait(10)

        two = [pool.submit(work) for _ in range(2)]
        wait_until(lambda: not turns.places.acquire(blocking=False) or turns.places.release(), 5)
        with pytest.raises(Problem), turns.taken():
            pass

        is_over.set()
        assert [each.result() for each in two] == [True, True]


class DescribeAFloodOfReports:
    def it_is_answered_with_503_and_leaves_writes_their_turn(
        self,
        make_service: Callable[..., Service],
        monkeypatch: pytest.MonkeyPatch,
        pool: ThreadPoolExecutor,
    ) -> None:
        service = make_service(GROWTH_THREADS="2")
        is_over, entered = Event(), Event()
        answer = attribution.reports.answer

        def slow(query: object) -> object:
            entered.set()
            is_over.wait(10)
            return answer(query)  # type: ignore[arg-type]

        monkeypatch.setattr(attribution.reports, "answer", slow)
        first = pool.submit(service.get, "/attribution")
        entered.wait(5)

        told = service.get("/attribution")

        assert problem(told, 503)["reason"] == "too many reports"
        assert told.headers["retry-after"] == "1"
        service.store("/pageviews", pageview())
        is_over.set()
        assert first.result().status_code == 200
