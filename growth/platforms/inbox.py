"""Takes what platforms send: maps each message to its facts and records them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson
from marshmallow import ValidationError

from growth.attribution.facts import Fact
from growth.http.bodies import MAX_ITEM, NUL, BadJsonError, finite, item_too_large, refuse
from growth.ledger.outcome import Outcome
from growth.platforms.leads import Item
from growth.recorder import Recorder

FactsOf = Callable[[Any, int], Iterable[Item]]
"""Maps a message received at an instant to its facts; raises ValidationError if it cannot."""

Load = Callable[[Any, int], Fact]

UNSTORABLE = "It nests too deeply, or holds half of a character or a number past 64 bits"


class Inbox:
    """Records messages, each with all its facts or not at all.

    `loads` makes the facts of each kind. Ids of platforms are unique: a message sent again is known
    by its id, whatever else it says by then, such as when it was sent.
    """

    def __init__(
        self, recorder: Recorder, loads: Mapping[str, Load], clock: Callable[[], int]
    ) -> None:
        self.recorder = recorder
        self.loads = loads
        self.clock = clock

    def record(self, messages: Sequence[Any], facts_of: FactsOf, now: int) -> dict[str, Any]:
        """Store the facts of the good messages; say what was wrong with the rest."""
        facts: list[Fact] = []
        refused: list[dict[str, Any]] = []
        for place, message in enumerate(messages):
            try:
                facts += self.load(message, facts_of, now, place)
            except ValidationError as ex:
                refused.append({"index": place, "errors": ex.messages})
        outcomes = self.recorder.record(facts)
        stored = outcomes.count(Outcome.STORED)
        return {"stored": stored, "duplicates": len(facts) - stored, "rejected": refused}

    def load(self, message: Any, facts_of: FactsOf, now: int, place: int) -> list[Fact]:
        """The facts of a message; one that tells no time follows those before it."""
        if isinstance(message, BadJsonError):
            raise ValidationError({"_schema": [f"{message}."]})
        found = facts_of(message, now)
        return [self.loads[kind](item, now + place) for kind, item in found]


def read_value(body: bytes) -> Any:
    """The value of JSON as platforms send it. Raises BadJsonError.

    What people filled in comes along, so that what cannot be stored is looked for only in what is
    read of it (`checked`).
    """
    try:
        return json.loads(body, parse_float=finite, parse_constant=refuse)
    except (RecursionError, ValueError) as ex:  # not JSON, or not UTF-8
        why = "it is nested too deeply" if isinstance(ex, RecursionError) else str(ex)
        raise refusal(f"The body is not JSON: {why}", body.decode("utf-8", "replace")) from ex


def checked(message: Any) -> Any:
    """The message, or what is wrong with it as text."""
    if isinstance(message, BadJsonError):
        return message
    try:
        text = orjson.dumps(message)
    except TypeError:
        return refusal(UNSTORABLE, kept(message))
    if len(text) > MAX_ITEM:
        return item_too_large()
    if NUL.search(text.decode()):
        return refusal("It holds a NUL character", text.decode())
    return message


def kept(message: Any) -> str:
    """The message as text; nothing, if it is too deep for that."""
    try:
        return json.dumps(message)
    except RecursionError:
        return ""


def refusal(reason: str, text: str) -> BadJsonError:
    bad = BadJsonError(reason)
    bad.text = text
    return bad
