"""Waits for another thread: with one's own thread, or in a loop while others have their turn."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable

from greenlet import getcurrent, greenlet

give_way = os.sched_yield
"""Let others have the processor: called often, by work that nobody waits for as for a read.

Who wakes up on Linux waits until whoever is at work has had its slice, some milliseconds, which is
longer than many a read takes: https://docs.kernel.org/scheduler/sched-eevdf.html.
"""


class Wait:
    """One wait, made by whoever waits and ended by another thread."""

    def __init__(self) -> None:
        current = getcurrent()
        self.errand = current if isinstance(current, Errand) else None
        self.lock = threading.Lock()
        self.lock.acquire()

    def hold(self, seconds: float) -> bool:
        """Wait until it is ended; return whether that was within the time."""
        if self.errand is None:
            return self.lock.acquire(timeout=seconds)
        return self.errand.errands.suspend(self, seconds)

    def end(self) -> None:
        if self.errand is None:
            self.lock.release()
        else:
            self.errand.errands.resume(self)


class Errand(greenlet):
    """Work that gives way to other work of its thread when it has to wait."""

    def __init__(self, work: Callable[[], object], errands: Errands) -> None:
        super().__init__(work)
        self.errands = errands


class Errands:
    """The errands of one thread. `wake` gets that thread, from any other, to `go_on`."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self.wake = wake
        self.ended: deque[Wait] = deque()
        self.held: dict[Wait, float] = {}

    def begin(self, work: Callable[[], object]) -> None:
        """Do the work until it is done or has to wait; it must not raise."""
        Errand(work, self).switch()

    def suspend(self, wait: Wait, seconds: float) -> bool:
        self.held[wait] = time.monotonic() + seconds
        thread = getcurrent().parent
        assert thread is not None  # an errand has been begun by somebody
        in_time: bool = thread.switch()
        return in_time

    def resume(self, wait: Wait) -> None:
        self.ended.append(wait)
        self.wake()

    def go_on(self) -> None:
        """Go on with the errands whose waits have ended, or took too long."""
        while self.ended:
            self.let_go(self.ended.popleft(), in_time=True)
        now = time.monotonic()
        for wait in [wait for wait, until in self.held.items() if until < now]:
            self.let_go(wait, in_time=False)

    def let_go(self, wait: Wait, in_time: bool) -> None:
        if self.held.pop(wait, None) is not None:
            assert wait.errand is not None
            wait.errand.switch(in_time)
