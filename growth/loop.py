"""The loop of the server: reads, writes, and answers all that does not take long by itself."""

from __future__ import annotations

import logging
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.trigger import trigger

from growth.waiting import Errands

if TYPE_CHECKING:
    from growth.gate import Gate

log = logging.getLogger(__name__)


class Loop:
    """Runs channels by turns. Writes are answered in the loop, as errands that wait for a commit.

    A thread for each of them would spend more time on being woken, and on waiting for the
    interpreter, than on its request.
    """

    def __init__(self) -> None:
        self.sockets: dict[int, Any] = {}
        self.tasks: deque[HTTPChannel] = deque()
        self.trigger = trigger(self.sockets)
        self.is_woken = False
        self.errands = Errands(self.pull_trigger)
        self.gate: Gate | None = None

    def pull_trigger(self) -> None:
        """Begin a turn, from any thread; once is enough until it has begun."""
        if not self.is_woken:
            self.is_woken = True
            self.trigger.pull_trigger()

    def close(self) -> None:
        """Close the trigger, as a listener does with its own."""
        self.trigger.close()

    def turn(self, seconds: float) -> None:
        """Wait so long at most for something to do, and do it."""
        self.is_woken = False
        if self.tasks or self.errands.ended:  # since the last turn
            seconds = 0
        wasyncore.loop(timeout=seconds, use_poll=True, map=self.sockets, count=1)
        while self.tasks:
            self.errands.begin(partial(self.answer, self.tasks.popleft()))
        self.errands.go_on()

    def answer(self, channel: HTTPChannel) -> None:
        try:
            channel.service()
        except BaseException:
            log.exception("failed")
        if channel.connected and channel.writable():
            wasyncore.write(channel)
