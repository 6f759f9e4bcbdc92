"""POST /pageviews, POST /events and POST /costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import falcon
from marshmallow import ValidationError

from growth.attribution.facts import DAY, Cost, Fact
from growth.database.tables import RejectRecord
from growth.http.bodies import read_items
from growth.http.context import Request
from growth.http.errors import Problem, bad_query, invalid
from growth.http.strict_json import BadJsonError, items_of
from growth.ledger.storing import Outcome
from growth.recorder import Recorder
from growth.schemas.items import Notes

NOT_HELD = {"_schema": ["The database cannot hold this: a text is too long for an index."]}
"""The error message for a fact whose outcome is REFUSED."""
REFUSALS = {
    Outcome.CONFLICT: {
        "id": ["A fact with this id and other content is already stored. It stays as it is."]
    },
    Outcome.REFUSED: NOT_HELD,
}


class Load(Protocol):
    """Makes a fact of an item. Raises ValidationError if the item is invalid."""

    def __call__(
        self,
        item: Any,
        received_at: int,
        notes: Notes | None = None,
        fallback_id: str | None = None,
    ) -> Fact: ...


class Facts:
    """Receives one or many facts of a kind, and answers when they are committed."""

    def __init__(
        self,
        recorder: Recorder,
        load: Load,
        clock: Callable[[], int],
        kept: int | None = None,
    ) -> None:
        """Facts that are more than `kept` microseconds old are refused."""
        self.recorder = recorder
        self.load_fact = load
        self.clock = clock
        self.kept = kept

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        is_dry = req.context.is_dry_run = is_dry_run(req)
        items, is_batch = read_items(req)
        answer = self.record(items, req.context.webhook_id, is_dry)
        if not is_dry:
            req.context.receipt = answer
        rejected = answer["rejected"]
        if rejected and not is_batch:
            more = {"ignored": answer["ignored"]} if "ignored" in answer else {}
            raise invalid(rejected[0]["errors"], **more)
        if rejected and len(rejected) == len(items):
            raise Problem(falcon.HTTP_422, "No item is valid; see rejected.", **answer)
        resp.media = answer

    def retake(self, reject: RejectRecord) -> dict[str, Any]:
        """Record a reject, as received when it first arrived. Return the answer."""
        items = items_of(reject.body.encode(), reject.kind)
        return self.record(items, reject.digest, received_at=reject.first_seen)

    def record(
        self,
        items: list[Any],
        batch_id: str | None = None,
        is_dry: bool = False,
        received_at: int | None = None,
    ) -> dict[str, Any]:
        """Store the valid items. Return the answer: counts, and the errors of invalid items.

        If an item has neither an id nor a time, its id is made of `batch_id` and the index of the
        item. So the item counts once, even if the batch is sent again. A dry run checks the items,
        but does not compare them with stored facts.
        """
        now, notes = received_at or self.clock(), Notes()
        facts: dict[int, Fact] = {}
        errors: dict[int, Any] = {}
        for place, item in enumerate(items):
            fallback_id = f"{batch_id} {place}" if batch_id else None
            try:
                facts[place] = self.load(item, now + place, notes, fallback_id)
            except ValidationError as ex:
                errors[place] = ex.messages
        found = list(facts.values())
        outcomes = [Outcome.STORED] * len(found) if is_dry else self.recorder.record(found)
        for place, outcome in zip(facts, outcomes, strict=True):
            if outcome in REFUSALS:
                errors[place] = REFUSALS[outcome]
        return {
            "stored": outcomes.count(Outcome.STORED),
            "duplicates": outcomes.count(Outcome.DUPLICATE),
            "rejected": [{"index": place, "errors": errors[place]} for place in sorted(errors)],
            **notes.shown(),
        }

    def load(
        self,
        item: Any,
        received_at: int,
        notes: Notes | None = None,
        fallback_id: str | None = None,
    ) -> Fact:
        require_read(item)
        fact = self.load_fact(item, received_at, notes, fallback_id)
        if self.kept is None or isinstance(fact, Cost):
            return fact
        if fact.created_at < received_at - self.kept:
            older = f"Must not be older than {self.kept // DAY} days. Older facts are not kept."
            raise ValidationError({"created_at": [older]})
        return fact


def require_read(item: Any) -> None:
    """Raise ValidationError if the item is a BadJsonError."""
    if isinstance(item, BadJsonError):
        raise ValidationError({"_schema": [f"{item}."]})


def is_dry_run(req: Request) -> bool:
    """Whether the request has dry_run=true. Raises a 400 for any other parameter."""
    errors = {
        name: ["There is no such parameter; dry_run is the only one."]
        for name in req.params
        if name != "dry_run"
    }
    asked = req.params.get("dry_run", "false")
    if asked not in ("true", "false"):
        errors["dry_run"] = ["Must be true or false."]
    if errors:
        raise bad_query(errors)
    return bool(asked == "true")
