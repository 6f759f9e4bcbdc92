"""The base of the platforms' resources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from growth.http.bodies import BadJsonError, checked, parse
from growth.http.context import Request
from growth.platforms.leads import Item
from growth.resources.inbox import Inbox


class Platform:
    """Takes the messages of a platform. Each platform has a secret of its own."""

    guards_itself = True

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox

    def messages_of(self, body: Any) -> Iterable[Any]:
        """The messages of a body, with the fields that we read. `body` may be a kept message."""
        raise NotImplementedError

    def facts_of(self, message: Any, received_at: int) -> Iterable[Item]:
        """The facts of a message. Raises ValidationError if it cannot be mapped."""
        raise NotImplementedError

    def take(self, req: Request, messages: Sequence[Any]) -> dict[str, Any]:
        """Record the messages of a request. Return the answer, and keep it in the context."""
        received = req.context.received = list(map(checked, messages))
        receipt = req.context.receipt = self.inbox.record(
            received, self.facts_of, self.inbox.clock()
        )
        return receipt

    def retake(self, text: str, received_at: int) -> dict[str, Any]:
        """Record a message that was kept as a reject. `received_at` is when it first arrived."""
        try:
            messages = [checked(each) for each in self.messages_of(parse(text.encode()))]
        except BadJsonError as ex:
            messages = [ex]
        return self.inbox.record(messages, self.facts_of, received_at)
