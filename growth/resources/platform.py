"""The base class of resources that take messages of platforms, and the inbox that stores them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from marshmallow import ValidationError

from growth.attribution.facts import Fact
from growth.database.tables import RejectRecord
from growth.http.context import Request
from growth.http.strict_json import BadJsonError, checked, parse
from growth.ledger.storing import Outcome
from growth.platforms.leads import Item
from growth.recorder import Recorder
from growth.resources.facts import NOT_HELD, require_read

FactsOf = Callable[[Any, int], Iterable[Item]]
"""Maps a message and its time of receipt to facts. Raises ValidationError if that fails."""

Load = Callable[[Any, int], Fact]


class Inbox:
    """Records messages. If one fact of a message is invalid, the whole message is refused.

    `loads` has a function for each kind of fact, which makes the fact. Platforms do not use an id
    twice. So a message with a known id is a duplicate, even if other fields differ, such as the
    time of sending.
    """

    def __init__(
        self, recorder: Recorder, loads: Mapping[str, Load], clock: Callable[[], int]
    ) -> None:
        self.recorder = recorder
        self.loads = loads
        self.clock = clock

    def record(self, messages: Sequence[Any], facts_of: FactsOf, now: int) -> dict[str, Any]:
        """Store the facts of valid messages. Return counts, and the errors of invalid messages."""
        facts: list[Fact] = []
        places: list[int] = []
        errors: dict[int, Any] = {}
        for place, message in enumerate(messages):
            try:
                facts += self.load(message, facts_of, now, place)
            except ValidationError as ex:
                errors[place] = ex.messages
            places += [place] * (len(facts) - len(places))
        outcomes = self.recorder.record(facts)
        for place, outcome in zip(places, outcomes, strict=True):
            if outcome is Outcome.REFUSED:
                errors[place] = NOT_HELD
        stored, refused = outcomes.count(Outcome.STORED), outcomes.count(Outcome.REFUSED)
        return {
            "stored": stored,
            "duplicates": len(facts) - stored - refused,
            "rejected": [{"index": place, "errors": errors[place]} for place in sorted(errors)],
        }

    def load(self, message: Any, facts_of: FactsOf, now: int, place: int) -> list[Fact]:
        """The facts of a message.

        `place` is the index of the message in its request. A message without a time gets the time
        `now + place`, so that messages keep their order.
        """
        require_read(message)
        found = facts_of(message, now)
        return [self.loads[kind](item, now + place) for kind, item in found]


class Platform:
    """Takes the messages of a platform. Each platform has a secret of its own."""

    guards_itself = True

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox

    def messages_of(self, body: Any) -> Iterable[Any]:
        """The messages of a body, reduced to the fields that we read.

        `body` may also be a single message that was kept as a reject.
        """
        raise NotImplementedError

    def facts_of(self, message: Any, received_at: int) -> Iterable[Item]:
        """The facts of a message. Raises ValidationError if it cannot be mapped."""
        raise NotImplementedError

    def take(self, req: Request, messages: Sequence[Any]) -> dict[str, Any]:
        """Record the messages. Return counts and errors, and keep both in the context."""
        received = req.context.received = list(map(checked, messages))
        receipt = req.context.receipt = self.inbox.record(
            received, self.facts_of, self.inbox.clock()
        )
        return receipt

    def retake(self, reject: RejectRecord) -> dict[str, Any]:
        """Record a reject, as received when it first arrived. Return the answer."""
        try:
            messages = [checked(each) for each in self.messages_of(parse(reject.body.encode()))]
        except BadJsonError as ex:
            messages = [ex]
        return self.inbox.record(messages, self.facts_of, reject.first_seen)
