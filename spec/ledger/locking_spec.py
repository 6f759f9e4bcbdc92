"""Writers on PostgreSQL wait for each other only if they write about the same persons."""

from __future__ import annotations

from typing import Any

import pytest
from databases import Other
from service import NOW, Service, event, pageview, problem

from growth.attribution.facts import Cost, Event, Pageview
from growth.database.statements import database
from growth.ledger import locking
from growth.ledger.locking import CrowdError, lock_keys, lock_number, lock_persons

pytestmark = pytest.mark.postgres


def page(name: str, user_id: str | None = None) -> Pageview:
    return Pageview(name, NOW, name, "https://shop.example.com/", user_id=user_id)


@pytest.fixture(autouse=True)
def impatient(service: Service) -> None:
    """Make writers give up at once when a lock is taken."""
    database.obj.patience_seconds = 0


@pytest.fixture
def told(service: Service) -> Service:
    """A service where the visitor `phone` belongs to the user `ada`."""
    service.store("/pageviews", pageview(fingerprint="phone", user_id="ada"))
    return service


class DescribeThePersonsOfABatch:
    def it_is_all_that_the_facts_name(self) -> None:
        facts: list[Any] = [
            page("phone"),
            page("laptop", user_id="ada"),
            Event("signup", NOW, "x", user_id="bob"),
            Cost(1, "google", "", "", "", 1, "EUR"),
        ]

        assert lock_keys(facts) == {"v:phone", "v:laptop", "u:ada", "u:bob", "Cost"}

    def it_is_a_lead_as_visitor_and_as_user(self) -> None:
        assert lock_keys([page("meta:7")]) == {"v:meta:7", "u:meta:7"}


class DescribeLocking:
    @pytest.mark.parametrize("key", ["v:phone", "u:ada"], ids=["the visitor", "who claimed it"])
    def it_waits_for_writers_about_the_same_person(
        self, told: Service, other: Other, key: str
    ) -> None:
        hold(other, key)

        problem(told.post("/events", event(fingerprint="phone")), 503)

    def it_waits_for_writers_about_the_lead_it_names(self, service: Service, other: Other) -> None:
        hold(other, "v:meta:7")

        problem(service.post("/events", event(user_id="ada", data={"lead_id": "meta:7"})), 503)

    def it_waits_for_nobody_else(self, told: Service, other: Other) -> None:
        hold(other, "v:phone")

        told.store("/events", event(fingerprint="laptop"), event(fingerprint=None, user_id="bob"))

    def it_gives_way_to_upkeep(self, told: Service, other: Other) -> None:
        other.lock()

        problem(told.post("/pageviews", pageview(fingerprint="laptop")), 503)


class DescribeACrowd:
    def it_is_refused_if_a_user_claims_the_visitor_meanwhile(
        self, told: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        known = iter([set(), {"u:ada"}])
        monkeypatch.setattr(locking, "claimants", lambda keys: next(known))

        with pytest.raises(CrowdError), database.atomic("IMMEDIATE"):
            lock_persons([page("phone")])

    def it_is_stored_alone(self, service: Service, other: Other) -> None:
        crowd = [page(f"f{n}") for n in range(locking.MOST_LOCKS + 1)]

        assert len(service.ledger.apply(crowd)) == len(crowd)
        assert service.facts() == len(crowd)


def hold(other: Other, key: str) -> None:
    other.execute(f"BEGIN; SELECT pg_advisory_xact_lock({lock_number(key)})")
