"""Six facts give the same answer in all 720 orders, and the same derived rows."""

from __future__ import annotations

import json
from itertools import islice, permutations
from typing import Any

import pytest
from databases import clear
from histories import (
    DAYS,
    MINUTES,
    conversions_of,
    derived,
    did,
    differences,
    seen,
    sources_of,
    without_history,
)
from service import NOW, Service

from growth.attribution.facts import Fact
from growth.schemas.facts import EventSchema, PageviewSchema, load_fact

STORIES = {
    "two devices, an ad, a direct visit, a login, a trial and a signup": [
        seen(0, "ad"),
        seen(1 * DAYS, "direct", fingerprint="laptop"),
        did(1 * DAYS + 60, "trial", fingerprint="laptop", user_id="ada"),
        seen(2 * DAYS, "newsletter"),
        seen(2 * DAYS + 60, "inside", user_id="ada"),
        did(9 * DAYS, "signup", fingerprint=None, user_id="ada"),
    ],
    "a shared phone, pages half an hour apart, an anonymous purchase and two signups": [
        seen(0, "ad"),
        seen(20 * MINUTES, "inside", user_id="ada"),
        seen(40 * MINUTES, "direct"),
        did(45 * MINUTES, "purchase", value="9.99", currency="EUR"),
        did(69 * MINUTES, "signup", user_id="bob"),
        did(30 * MINUTES, "signup", fingerprint="laptop", user_id="ada"),
    ],
    "everything at the same microsecond": [
        seen(0, "ad"),
        seen(0, "newsletter", user_id="bob"),
        seen(0, "direct", user_id="ada"),
        did(0, "signup"),
        did(0, "signup", session_id="another"),
        did(0, "trial", user_id="ada"),
    ],
}


def load(body: dict[str, Any]) -> Fact:
    return load_fact(EventSchema() if "name" in body else PageviewSchema(), body, NOW)


def answer(service: Service) -> str:
    """The conversions as JSON, with owners and touches, without fields that depend on history."""
    return json.dumps(without_history(service.ask(by="conversion", include="touches")))


class DescribeSixFacts:
    @pytest.mark.parametrize(("story", "step"), list(zip(STORIES, (1, 6, 6), strict=True)))
    def it_has_one_answer_in_every_order(self, service: Service, story: str, step: int) -> None:
        """The first story is tried in all 720 orders, the others in every sixth."""
        answers: dict[str, str] = {}

        for order in islice(permutations(map(load, STORIES[story])), 0, None, step):
            clear()
            for fact in order:
                service.ledger.apply([fact])
            rows = repr(derived())
            if rows not in answers:
                answers[rows] = answer(service)

        assert len(answers) == 1
        assert differences(service) == []

    def it_is_the_answer_that_the_rules_give(self, service: Service) -> None:
        first, *_ = STORIES.values()
        for body in first:
            service.store("/events" if "name" in body else "/pageviews", body)

        trial, signup = conversions_of(service, user_id="ada")

        assert sources_of(trial) == ["google"]
        assert sources_of(signup) == ["google", "newsletter"]
        assert [touch["credit"]["linear"] for touch in signup["touches"]] == [0.5, 0.5]
