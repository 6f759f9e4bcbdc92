"""The service gives the same answers as the oracle in model.py for the same facts."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from model import PLACES, Conversion, Event, Truth, Visit
from model_cases import ORDERS, did
from model_credit import WHOLE
from model_histories import (
    NEWS,
    SITE,
    USERS,
    VISITORS,
    Post,
    deliveries,
    fact_of,
    histories,
    posts,
    with_ids,
)
from model_stories import STORIES
from model_visits import Page

from growth.attribution.credit import MODEL_NAMES, shares, time_decay
from growth.attribution.facts import DAY, SECOND
from growth.database.tables import DERIVED, FACTS
from growth.schemas.times import parse_time

SHARES_EXACTLY = shares(time_decay([-DAY, -DAY], 0)) == [500_000, 500_000]
"""Whether two clicks at the same time get the same credit under `time_decay`, despite rounding. If
not, histories with such clicks are compared under the other models only.
"""

ORIGIN = ("channel", "source", "medium", "campaign")
COUNTS = ("visits_before", "pages_before", "pages_after")

Found = dict[str, Any]
"""The parts of answers, by names such as `visit of phone at 2022-03-02T08:00:00Z`."""


def deliver(service: Any, batches: Sequence[Sequence[Post]]) -> None:
    """Delete all facts of the service, then post the batches."""
    for record in (*FACTS, *DERIVED):
        record.delete().execute()
    for batch in batches:
        for path, items in posts(batch):
            service.store(path, *items)


def truth_of(service: Any, history: Sequence[Post]) -> Truth:
    """The oracle's result for a history, with the event ids of the service."""
    events = service.ask(by="event", limit=1000)["results"]
    ids = {event["session_id"]: event["id"] for event in events}
    return Truth(with_ids([fact_of(post) for post in history], ids))


def differences(told: Found, due: Found) -> list[str]:
    return [
        f"{name}\n    service: {told.get(name)}\n    oracle:  {due.get(name)}"
        for name in sorted({*told, *due})
        if told.get(name) != due.get(name)
    ]


def compared_models(truth: Truth) -> list[str]:
    """The models to compare under. `time_decay` is left out if rounding could make a difference."""
    starts = [(visit.owner, visit.start.at) for visit in truth.visits]
    has_tie = len({*starts}) < len(starts)
    return [each for each in MODEL_NAMES if SHARES_EXACTLY or each != "time_decay" or not has_tie]


def compare(service: Any, history: Sequence[Post]) -> None:
    """Assert that the service and the oracle agree on all answers."""
    truth = truth_of(service, history)
    models = compared_models(truth)
    told = {**visits_told(service), **conversions_told(service, models), **persons_told(service)}
    due = {**visits_due(truth), **conversions_due(truth, models), **persons_due(truth)}
    for model in models:
        for event in sorted({each.event.kind for each in truth.conversions}):
            told |= groups_told(service, event, model)
            due |= groups_due(truth, event, model)
    told |= days_told(service)
    due |= days_due(truth)
    assert not differences(told, due), "\n".join(differences(told, due))


# by=visit: the owner, end, pages and origin of each visit


def visits_told(service: Any) -> Found:
    found: dict[str, list[Any]] = {}
    for each in service.ask(by="visit", limit=1000)["results"]:
        told = each["user_id"], parse_time(each["last_at"]), each["pageviews"], each["is_first"]
        click = each["url"], *(each[name] for name in ORIGIN)
        name = f"visit of {each['fingerprint']} at {each['at']}"
        found.setdefault(name, []).append((*told, *click))
    return {name: sorted(each, key=repr) for name, each in found.items()}


def visits_due(truth: Truth) -> Found:
    found: dict[str, list[Any]] = {}
    for each in truth.visits:
        due = each.owner.user, each.pages[-1].at, len(each.pages), each.is_first
        name = f"visit of {each.start.visitor} at {shown(each.start.at)}"
        found.setdefault(name, []).append((*due, each.start.url, *each.origin))
    return {name: sorted(each, key=repr) for name, each in found.items()}


def shown(at: int) -> str:
    whole = datetime.fromtimestamp(at // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{at % SECOND:06}Z" if at % SECOND else f"{whole}Z"


# by=conversion: the owner of each conversion, its value, counts, and clicks under each model


def conversions_told(service: Any, models: Collection[str]) -> Found:
    found: Found = {}
    for each in service.ask(by="conversion", include="touches", limit=1000)["results"]:
        name = f"{each['event']} {each['id']} at {each['occurred_at']}"
        found[name] = each["user_id"], each["value"], *(each[part] for part in COUNTS)
        found[f"{name}: touches"] = [
            (touch["at"], touch["url"], touch["referrer_url"], kept(touch["credit"], models))
            for touch in each["touches"]
        ]
        for end in ("first_click", "last_click"):
            found[f"{name}: {end}"] = each[end] and (each[end]["at"], each[end]["url"])
    return found


def kept(credit: dict[str, float], models: Collection[str]) -> dict[str, float]:
    return {model: credit[model] for model in models if model in credit}


def conversions_due(truth: Truth, models: Collection[str]) -> Found:
    found: Found = {}
    for each in truth.conversions:
        name = f"{each.event.name} {each.event.id} at {shown(each.at)}"
        before = truth.pages_before(each)
        pages = sum(len(visit.pages) for visit in truth.journey(each.owner))
        counts = truth.visits_before(each), before, pages - before
        found[name] = each.owner.user, amount(each.value, each.currency), *counts
        found[f"{name}: touches"] = touches_due(truth, each, models)
        for end in ("first_click", "last_click"):
            [credit] = truth.credits(each, end)
            start = credit.click and credit.click.start
            found[f"{name}: {end}"] = start and (shown(start.at), start.url)
    return found


def amount(units: int | None, currency: str | None) -> float | None:
    return None if units is None else units / 10 ** PLACES[currency]


def touches_due(truth: Truth, conversion: Conversion, models: Collection[str]) -> list[Any]:
    credit: dict[Visit, dict[str, float]] = {}
    for model in models:
        for click, share, _ in truth.credits(conversion, model):
            if click is not None:
                credit.setdefault(click, {})[model] = share / WHOLE
    return [
        (shown(visit.start.at), visit.start.url, visit.start.referrer_url, credit[visit])
        for visit in truth.journey(conversion.owner)
        if visit in credit
    ]


# by=user: each person by its user id, or by its fingerprint if the visitor has no user


def persons_told(service: Any) -> Found:
    asked = [{"user_id": user} for user in USERS] + [{"fingerprint": each} for each in VISITORS]
    found: Found = {}
    for each in (person for who in asked for person in service.ask(**who)["results"]):
        name = f"person {each['user_id'] or each['fingerprints']}"
        first = each["first_visit"]
        seen = each["visits"], each["pageviews"], first and (first["at"], first["url"])
        found[name] = each["state"], *seen, [one["id"] for one in each["conversions"]]
    return found


def persons_due(truth: Truth) -> Found:
    found: Found = {}
    for person in truth.persons:
        visits = truth.journey(person)
        start = visits[0].start if visits else None
        pages = sum(len(visit.pages) for visit in visits)
        seen = len(visits), pages, start and (shown(start.at), start.url)
        theirs = [one.event.id for one in truth.conversions if one.owner == person]
        found[f"person {person.user or [person.visitor]}"] = truth.state(person), *seen, theirs
    return found


# Groups by origin under each model, and by day and channel


def groups_told(service: Any, event: str, model: str) -> Found:
    answer = service.ask(by=",".join(ORIGIN), event=event, model=model, limit=1000)
    metrics = "visits", "new_visitors", "pageviews", "conversions", "from_trial", "pages_before"
    return {
        f"{event} by {model}: {tuple(row[name] for name in ORIGIN)}": (
            *(row[metric] for metric in metrics),
            row["time_to_convert"]["average"],
            row["revenue"],
        )
        for row in answer["results"]
    }


def groups_due(truth: Truth, event: str, model: str) -> Found:
    seen, earned = truth.sums(lambda visit: visit.origin), truth.earned(event, model)
    return {
        f"{event} by {model}: {tuple(group)}": (
            *seen.get(group, (0, 0, 0)),
            *figures(truth, earned.get(group, [])),
        )
        for group in {*seen, *earned}
    }


def figures(truth: Truth, earned: Sequence[Any]) -> Iterator[Any]:
    """The conversions, from_trial, pages_before, time_to_convert and revenue of a group."""
    credit = sum(share for _, (_, share, _) in earned)
    yield credit / WHOLE
    yield sum(share for each, (_, share, _) in earned if truth.is_after_trial(each)) / WHOLE
    pages = sum(share * truth.pages_before(each) for each, (_, share, _) in earned)
    yield round(pages / credit, 6) if credit else None
    waits = [(each.at - click.start.at, share) for each, (click, share, _) in earned if click]
    total = sum(share for _, share in waits) * SECOND
    yield round(sum(wait * share for wait, share in waits) / total, 6) if total else None
    revenue: dict[str, int] = {}
    for each, (_, _, units) in earned:
        if units is not None and each.currency:
            revenue[each.currency] = revenue.get(each.currency, 0) + units
    yield {currency: amount(revenue[currency], currency) for currency in sorted(revenue)}


def days_told(service: Any) -> Found:
    rows = service.ask(by="day,channel", event="trial", limit=1000)["results"]
    metrics = "visits", "new_visitors", "pageviews"
    return {
        f"{row['day']} {row['channel']}": tuple(row[metric] for metric in metrics)
        for row in rows
        if row["visits"]
    }


def days_due(truth: Truth) -> Found:
    found = truth.sums(lambda visit: f"{shown(visit.start.at)[:10]} {visit.origin.channel}")
    return dict(found)


class DescribeTheService:
    @settings(
        max_examples=50,
        deadline=None,
        phases=set(Phase) - {Phase.explain},  # `explain` takes minutes and says little
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(data=st.data(), history=histories())
    def it_follows_the_rules(self, service: Any, data: Any, history: list[Post]) -> None:
        deliver(service, data.draw(deliveries(history)))

        compare(service, history)

    @pytest.mark.parametrize("history", STORIES.values(), ids=STORIES)
    def it_follows_them_at_the_edges(self, service: Any, history: list[Post]) -> None:
        one_by_one = [[post] for post in history[:: len(history) // 50 + 1]]

        for batches in ([history], [*one_by_one, history], [*one_by_one[::-1], history]):
            deliver(service, batches)
            compare(service, history)


class DescribeTheOracle:
    @pytest.mark.parametrize("name", ["model", "model_visits", "model_credit"])
    def it_imports_nothing_of_the_service(self, name: str) -> None:
        tree = ast.parse(Path(__file__).with_name(f"{name}.py").read_text("utf-8"))
        froms = [each.module for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)]
        plain = [each.names for each in ast.walk(tree) if isinstance(each, ast.Import)]
        imported = {*froms, *(alias.name for names in plain for alias in names)}

        ours = {"model_visits", "model_credit"}

        assert {str(each).partition(".")[0] for each in imported} - ours <= sys.stdlib_module_names

    @pytest.mark.parametrize(
        ("facts", "due"), [case[1:] for case in ORDERS], ids=[c[0] for c in ORDERS]
    )
    def it_counts_orders_once_and_takes_refunds_off(self, facts: list[Event], due: Any) -> None:
        for ordered in (facts, facts[::-1], [*facts, *facts]):
            found = Truth(ordered).conversions
            assert [(each.at // DAY, each.value, each.currency) for each in found] == due

    def it_credits_a_life_to_the_click_of_the_first_conversion(self) -> None:
        first, later = Page("phone", 0, f"{SITE}?gclid=one"), Page("phone", 200 * DAY, NEWS)
        facts = [first, later, did(1, "trial", user="ada", visitor="phone"), did(201, "purchase")]
        truth = Truth(facts)

        trial, purchase = truth.conversions

        found = [truth.credits(each, "acquisition") for each in (trial, purchase)]
        assert [credit.click.start for [credit] in found if credit.click] == [first, first]
        assert [credit.click.start for credit in truth.credits(purchase, "last_click")] == [later]

    def it_credits_nobody_if_the_first_conversion_has_no_click(self) -> None:
        facts = [did(0, "trial"), Page("phone", DAY, NEWS, user="ada"), did(2, "purchase", "7")]
        truth = Truth(facts)

        assert truth.credits(truth.conversions[1], "acquisition") == [(None, WHOLE, 700)]
