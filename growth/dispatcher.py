"""Who answers what: threads the reads, the loop all else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from waitress.task import ThreadedTaskDispatcher

from growth.channel import OverloadError
from growth.loop import Loop

READS = ("GET", "HEAD")
HEALTH = "/healthz"


class LatestFirst:
    """A condition that wakes who began to wait last: a thread with a connection and warm caches.

    To wake the others in turn took half as long again, and each kept caches of its own.
    """

    def __init__(self, lock: threading.Lock) -> None:
        self.lock = lock
        self.waiting: list[threading.Lock] = []

    def wait(self) -> None:
        """Let go of the lock until woken."""
        turn = threading.Lock()
        turn.acquire()
        self.waiting.append(turn)
        self.lock.release()
        turn.acquire()
        self.lock.acquire()

    def notify(self) -> None:
        if self.waiting:
            self.waiting.pop().release()

    def notify_all(self) -> None:
        while self.waiting:
            self.notify()


class Dispatcher(ThreadedTaskDispatcher):
    """Gives reads to threads, health checks first, and all else to the loop.

    Bounds the reads that wait for a thread. Each thread does `begin` before its first.
    """

    def __init__(
        self,
        threads: int,
        queue_size: int,
        loop: Loop,
        begin: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self.begin = begin
        self.queue_cv = LatestFirst(self.lock)
        self.queue_size = queue_size
        self.loop = loop
        self.set_thread_count(threads)

    def handler_thread(self, thread_no: int) -> None:
        try:
            self.begin()
        except Exception:
            self.logger.exception("a thread could not begin well")
        super().handler_thread(thread_no)

    def add_task(self, task: Any) -> None:
        request = task.requests[0]
        if request.error or request.command not in READS:
            self.loop.tasks.append(task)
        elif request.path == HEALTH:
            with self.lock:
                self.queue.appendleft(task)
                self.queue_cv.notify()
        elif len(self.queue) < self.queue_size:
            super().add_task(task)
        else:
            request.error = OverloadError("Too many requests wait; please retry")
            self.loop.tasks.append(task)
