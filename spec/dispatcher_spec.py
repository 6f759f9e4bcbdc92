"""Threads that answer reads: the one that was last at work goes first."""

from __future__ import annotations

import threading
from queue import SimpleQueue

import pytest
from patience import wait_until

from growth.dispatcher import Dispatcher, LatestFirst
from growth.loop import Loop


def start_waiting(condition: LatestFirst, name: str, woken: SimpleQueue[str]) -> threading.Thread:
    """A thread that waits; returns once it does."""

    def wait() -> None:
        with condition.lock:
            condition.wait()
        woken.put(name)

    before = len(condition.waiting)
    thread = threading.Thread(target=wait)
    thread.start()
    wait_until(lambda: len(condition.waiting) > before, seconds=5)
    return thread


class DescribeLatestFirst:
    def it_wakes_who_began_to_wait_last(self) -> None:
        condition, woken = LatestFirst(threading.Lock()), SimpleQueue[str]()
        threads = [start_waiting(condition, name, woken) for name in ("first", "second", "third")]

        with condition.lock:
            condition.notify()
        assert woken.get(timeout=5) == "third"
        with condition.lock:
            condition.notify()
        assert woken.get(timeout=5) == "second"

        with condition.lock:
            condition.notify_all()
            condition.notify()  # nobody is left
        for thread in threads:
            thread.join(5)
        assert woken.get(timeout=5) == "first"


class DescribeADispatcher:
    def it_has_each_thread_begin_before_its_first_task(self) -> None:
        begun = SimpleQueue[int]()
        loop = Loop()
        dispatcher = Dispatcher(3, 10, loop, lambda: begun.put(threading.get_ident()))

        assert len({begun.get(timeout=5) for _ in range(3)}) == 3
        dispatcher.shutdown()
        loop.close()

    def it_goes_on_with_a_thread_that_could_not_begin(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Its first task will say what is wrong."""
        loop = Loop()
        dispatcher = Dispatcher(1, 10, loop, lambda: 1 // 0)  # type: ignore[arg-type]
        wait_until(lambda: dispatcher.queue_cv.waiting, seconds=5)

        assert "ZeroDivisionError" in caplog.text
        dispatcher.shutdown()
        loop.close()
