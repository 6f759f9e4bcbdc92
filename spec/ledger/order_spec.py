"""All answers depend on the facts alone, not on their order, batches or repetition."""

from __future__ import annotations

import json
from typing import Any

from histories import differences, without_history
from hypothesis import given, settings
from hypothesis import strategies as st
from random_histories import FINGERPRINTS, USERS, Fact, deliver, histories, split

from growth.attribution.credit import MODELS
from growth.query.words import DIMENSIONS, TIMES


def answers(service: Any) -> str:
    """The answers to all kinds of queries as JSON, without the fields that depend on history."""
    asked = [service.ask(by=by) for by in (*DIMENSIONS, "name", "category")]
    asked += [service.ask(by=by, timezone="Asia/Kolkata") for by in TIMES]
    asked += [service.ask(by=by) for by in ("visit", "event", "user", "visit_duration")]
    asked.append(service.ask(by="campaign,country", include="users"))
    asked += [
        service.ask(by=",".join(DIMENSIONS), model=model, event=event)
        for model in MODELS
        for event in ("signup", "purchase")
    ]
    asked += [service.ask(user_id=user, include="touches") for user in USERS]
    asked += [service.ask(fingerprint=each, include="touches") for each in FINGERPRINTS]
    asked += [service.ask(by="conversion", include="touches")]
    return json.dumps([without_history(each) for each in asked])


class DescribeOrder:
    @settings(max_examples=40)
    @given(
        history=histories,
        random=st.randoms(use_true_random=False),
        cuts=st.lists(st.integers(0, 14), max_size=6),
    )
    def it_does_not_matter(
        self, service: Any, history: list[Fact], random: Any, cuts: list[int]
    ) -> None:
        deliver(service, [sorted(history, key=lambda fact: fact[1]["created_at"])])
        in_order = answers(service)
        assert differences(service) == []
        shuffled = [*history, *random.sample(history, k=len(history) // 2)]  # some come twice
        random.shuffle(shuffled)
        deliver(service, split(shuffled, cuts))
        assert differences(service) == []
        assert answers(service) == in_order
