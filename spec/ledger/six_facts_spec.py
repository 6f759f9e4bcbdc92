"""Six facts in all 720 orders: one and the same answer, and what is derived equal to it."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

import pytest
from databases import ON_POSTGRES
from histories import DAYS, MINUTES, conversions_of, derived, did, differences, seen, sources_of
from order_spec import without_history
from service import NOW, Service

from growth.attribution.facts import Fact
from growth.database.statements import database
from growth.database.tables import DERIVED, FACTS
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
    """The conversions, whose they are and what brought them, less what tells of history."""
    return json.dumps(without_history(service.ask(by="conversion", include="touches")))


@pytest.fixture
def swift(service: Service) -> Service:
    """A service that does not wait for the disk: 720 times over it would for minutes."""
    if not ON_POSTGRES:  # whose server does not wait in specs
        database.execute_sql("PRAGMA synchronous = off")
    return service


def deliver(service: Service, facts: tuple[Fact, ...]) -> None:
    with database.atomic("IMMEDIATE"):
        for record in (*FACTS, *DERIVED):
            database.execute_sql(f"DELETE FROM {record.table}")
    for fact in facts:
        service.ledger.apply([fact])


class DescribeSixFacts:
    def it_has_one_answer_in_all_720_orders(self, swift: Service) -> None:
        first, *_ = STORIES.values()
        found = set()

        for order in permutations(map(load, first)):
            deliver(swift, order)
            found.add((answer(swift), repr(derived())))

        assert len(found) == 1
        assert differences(swift) == []

    @pytest.mark.parametrize("story", list(STORIES)[1:])
    def it_derives_the_same_rows_in_all_720_orders(self, swift: Service, story: str) -> None:
        found = set()

        for order in permutations(map(load, STORIES[story])):
            deliver(swift, order)
            found.add(repr(derived()))

        assert len(found) == 1
        assert differences(swift) == []

    def it_is_the_answer_that_the_rules_give(self, service: Service) -> None:
        first, *_ = STORIES.values()
        for body in first:
            service.store("/events" if "name" in body else "/pageviews", body)

        trial, signup = conversions_of(service, user_id="ada")

        assert sources_of(trial) == ["google"]
        assert sources_of(signup) == ["google", "newsletter"]
        assert [touch["credit"]["linear"] for touch in signup["touches"]] == [0.5, 0.5]
