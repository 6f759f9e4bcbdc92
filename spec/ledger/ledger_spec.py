"""Rule 8: a batch is one transaction, and what is no longer a conversion is taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from histories import DAYS, HOURS, MINUTES, conversions_of, did, page, seen, sources_of
from peewee import IntegrityError
from service import NOW, Service
from stories import LATER, feed, signup_of

from growth.database.tables import ConversionRecord, CreditRecord, RollupRecord, VisitRecord
from growth.ledger.storing import Outcome

pytestmark = pytest.mark.usefixtures("equal_to_its_facts")


class DescribeRetraction:
    def it_takes_the_later_signup_back_when_an_earlier_arrives(self, signed_up: Service) -> None:
        signed_up.store("/events", did(6 * DAYS, "signup", user_id="ada"))

        assert feed(signed_up, LATER) == [
            ("ada", "signup", True, 2),
            ("ada", "signup", False, 1),
        ]
        assert signed_up.ask()["totals"]["conversions"] == 1.0
        assert signup_of(signed_up)["occurred_at"] == "2026-03-08T08:00:00Z"

    def it_is_not_told_when_nothing_was_told_before(self, signed_up: Service) -> None:
        signed_up.store("/events", did(11 * DAYS, "signup", user_id="ada"))

        assert feed(signed_up, NOW) == [("ada", "signup", False, 1)]

    def it_gives_a_signup_to_another_person_under_the_same_id(self, service: Service) -> None:
        service.store("/pageviews", seen(0, "ad"))
        service.store("/events", did(60, "signup", id="S-1"))
        service.now = LATER

        service.store("/pageviews", seen(120, "inside", user_id="ada"))

        [conversion] = service.ask(by="conversion")["results"]
        assert (conversion["id"], conversion["user_id"]) == ("S-1", "ada")
        assert sources_of(signup_of(service)) == ["google"]

    def it_counts_again_what_was_taken_back(self, service: Service) -> None:
        service.store("/events", did(0, "signup", fingerprint="phone"))
        service.store("/events", did(1 * HOURS, "signup", fingerprint="laptop", user_id="ada"))
        service.store("/pageviews", seen(2 * HOURS, "direct", user_id="ada"))
        assert feed(service, NOW)[0] == ("ada", "signup", True, 2)

        service.store("/pageviews", seen(1 * MINUTES, "direct", user_id="bob"))

        assert feed(service, NOW)[0] == ("ada", "signup", False, 3)
        assert [signup_of(service, each)["event"] for each in ("ada", "bob")] == ["signup"] * 2


class DescribeTransaction:
    def it_attributes_a_batch_as_a_whole(self, service: Service) -> None:
        service.ledger.apply([page(60, "inside", user_id="ada"), page(0, "ad")])

        assert service.ask(user_id="ada")["results"][0]["visits"] == 1

    def it_stores_nothing_of_a_batch_that_fails(self, service: Service) -> None:
        bad = replace(page(60, "ad"), user_id="ada", url=None)  # type: ignore[arg-type]

        with pytest.raises(IntegrityError):
            service.ledger.apply([page(0, "ad"), bad])

        assert service.facts() == 0
        assert VisitRecord.select().count() == RollupRecord.select().count() == 0

    def it_changes_nothing_for_a_duplicate(self, signed_up: Service) -> None:
        before = conversions_of(signed_up, user_id="ada")

        again = signed_up.store("/pageviews", seen(5 * DAYS, "newsletter"))

        assert (again["stored"], again["duplicates"]) == (0, 1)
        assert conversions_of(signed_up, user_id="ada") == before

    def it_keeps_the_first_of_two_facts_with_one_id(self, service: Service) -> None:
        facts = [page(0, "ad", fact_id="P-1"), page(0, "newsletter", fact_id="P-1")]

        assert service.ledger.apply(facts) == [Outcome.STORED, Outcome.CONFLICT]
        assert [row["source"] for row in service.ask(by="source")["results"]] == ["google"]

    def it_derives_nothing_from_a_crawler(self, service: Service) -> None:
        service.store("/pageviews", seen(0, "ad", user_agent="Googlebot/2.1", user_id="ada"))

        assert service.facts() == 1
        assert service.ask(user_id="ada")["results"] == []
        assert service.ask()["totals"]["visits"] == 0

    def it_files_no_event_that_neither_converts_nor_decides_a_state(self, service: Service) -> None:
        service.store("/events", did(0, "scroll", user_id="ada"))

        assert ConversionRecord.select().count() == CreditRecord.select().count() == 0
