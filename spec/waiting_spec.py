"""Waits: a thread's own, and those of errands that give way to each other."""

from __future__ import annotations

import threading

import pytest

from growth.waiting import Errands, Wait


@pytest.fixture
def woken() -> threading.Event:
    return threading.Event()


@pytest.fixture
def errands(woken: threading.Event) -> Errands:
    return Errands(woken.set)


def end_elsewhere(wait: Wait) -> None:
    thread = threading.Thread(target=wait.end)
    thread.start()
    thread.join()


class DescribeAThread:
    def it_waits_until_another_ends_it(self) -> None:
        wait = Wait()
        threading.Timer(0.05, wait.end).start()

        assert wait.hold(5)

    def it_waits_no_longer_than_it_may(self) -> None:
        assert not Wait().hold(0.01)


class DescribeAnErrand:
    def it_gives_way_to_others_while_it_waits(
        self, errands: Errands, woken: threading.Event
    ) -> None:
        told: list[str] = []
        waits: list[Wait] = []

        def work(name: str) -> None:
            waits.append(Wait())
            told.append(f"{name} asks")
            told.append(f"{name} {waits[-1].hold(5)}")

        errands.begin(lambda: work("a"))
        errands.begin(lambda: work("b"))
        errands.begin(lambda: told.append("c"))
        end_elsewhere(waits[1])
        assert woken.is_set()
        errands.go_on()
        end_elsewhere(waits[0])
        errands.go_on()

        assert told == ["a asks", "b asks", "c", "b True", "a True"]
        assert not errands.held

    def it_waits_no_longer_than_it_may(self, errands: Errands) -> None:
        told: list[bool] = []
        waits: list[Wait] = []

        def work() -> None:
            waits.append(Wait())
            told.append(waits[0].hold(-1))

        errands.begin(work)
        errands.go_on()
        end_elsewhere(waits[0])  # too late, and without effect
        errands.go_on()

        assert told == [False]

    def it_may_wait_again(self, errands: Errands) -> None:
        told: list[bool] = []
        waits: list[Wait] = []

        def work() -> None:
            for _ in range(2):
                waits.append(Wait())
                told.append(waits[-1].hold(5))

        errands.begin(work)
        for _ in range(2):
            end_elsewhere(waits[-1])
            errands.go_on()

        assert told == [True, True]
