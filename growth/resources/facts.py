"""POST /pageviews, POST /events and POST /costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import falcon
from marshmallow import ValidationError

from growth.attribution.facts import DAY, Cost, Fact
from growth.http.bodies import BadJsonError, read_items
from growth.http.context import Request
from growth.http.errors import invalid
from growth.ledger.outcome import Outcome
from growth.recorder import Recorder

CONFLICT = {"id": ["Another content was stored under this id; the first stays."]}


Load = Callable[[Any, int], Fact]
"""Makes the fact of an item received at an instant; raises ValidationError if it does not fit."""


class Facts:
    """Receives facts of one kind, one or many, and answers when they are committed."""

    def __init__(
        self,
        recorder: Recorder,
        load: Load,
        clock: Callable[[], int],
        kept: int | None = None,
    ) -> None:
        """`kept` says for how many microseconds such facts are kept; older ones are refused."""
        self.recorder = recorder
        self.load_fact = load
        self.clock = clock
        self.kept = kept

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        items, is_batch = read_items(req)
        answer = req.context.receipt = self.record(items)
        if answer["rejected"] and not is_batch:
            raise invalid(answer["rejected"][0]["errors"])
        resp.media = answer

    def record(self, items: list[Any]) -> dict[str, Any]:
        """Store the good items; say how many were new, known, and what was wrong with the rest."""
        now = self.clock()
        facts: dict[int, Fact] = {}
        errors: dict[int, Any] = {}
        for place, item in enumerate(items):
            try:
                facts[place] = self.load(item, now + place)
            except ValidationError as ex:
                errors[place] = ex.messages
        outcomes = self.recorder.record(list(facts.values()))
        for place, outcome in zip(facts, outcomes, strict=True):
            if outcome is Outcome.CONFLICT:
                errors[place] = CONFLICT
        return {
            "stored": outcomes.count(Outcome.STORED),
            "duplicates": outcomes.count(Outcome.DUPLICATE),
            "rejected": [{"index": place, "errors": errors[place]} for place in sorted(errors)],
        }

    def load(self, item: Any, received_at: int) -> Fact:
        if isinstance(item, BadJsonError):
            raise ValidationError({"_schema": [f"{item}."]})
        fact = self.load_fact(item, received_at)
        if self.kept is None or isinstance(fact, Cost):
            return fact
        if fact.created_at < received_at - self.kept:
            raise ValidationError({"created_at": [f"Older than the {self.kept // DAY} days kept."]})
        return fact
