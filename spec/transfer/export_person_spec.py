"""growth export person: all stored facts of one person, and none of others."""

from __future__ import annotations

import json
from typing import Any

import pytest
from histories import DAYS, did, seen
from service import Service
from stories import EVENTS, PAGES


@pytest.fixture
def told(service: Service) -> Service:
    service.store("/pageviews", *PAGES, seen(9.5 * DAYS, "direct", user_agent="Mozilla/5.0"))
    service.store("/events", *EVENTS, did(9.6 * DAYS, "survey", data={"age": 36}))
    service.post("/events", did(0, "signup", user_id="ada", value="much"))
    return service


def person_of(service: Service, option: str, name: str) -> dict[str, Any]:
    done = service.growth("export", "person", option, name)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


class DescribeAPerson:
    def it_has_all_that_is_stored_of_a_user(self, told: Service) -> None:
        found = person_of(told, "--user", "ada")

        assert found["user_id"] == "ada"
        assert found["persons"] == told.ask(user_id="ada", include="touches")["results"]
        devices = {each["fingerprint"] for each in found["pageviews"]}
        assert devices == {"phone", "laptop"}
        assert "Mozilla/5.0" in {each["user_agent"] for each in found["pageviews"]}
        assert [each["name"] for each in found["events"]] == ["signup", "purchase", "survey"]
        assert found["events"][1]["value"] == 9.99
        assert found["events"][2]["data"] == {"age": 36}
        assert len(found["visits"]) == told.ask(user_id="ada")["results"][0]["visits"]
        assert {each["user_id"] for each in found["claims"]} == {"ada"}
        [refused] = found["refused_input"]
        assert json.loads(refused["body"])["value"] == "much"

    def it_has_nothing_of_others(self, told: Service) -> None:
        assert "bob" not in json.dumps(person_of(told, "--user", "ada"))
        assert "ada" not in json.dumps(person_of(told, "--user", "bob"))

    def it_divides_what_users_of_a_visitor_did(self, told: Service) -> None:
        told.store(
            "/pageviews",
            seen(20 * DAYS, "search", user_id="eve"),
            seen(20 * DAYS + 60, "inside", user_agent="Eve/1"),
        )
        told.store("/events", did(20 * DAYS + 90, "click"))

        ada, eve = (json.dumps(person_of(told, "--user", name)) for name in ("ada", "eve"))

        assert "Eve/1" in eve
        assert '"click"' in eve
        assert "Eve/1" not in ada
        assert '"click"' not in ada
        assert "Mozilla/5.0" in ada
        assert "Mozilla/5.0" not in eve

    def it_has_all_that_is_stored_of_a_visitor(self, told: Service) -> None:
        found = person_of(told, "--fingerprint", "nobody's")

        assert found["fingerprint"] == "nobody's"
        assert len(found["pageviews"]) == len(found["visits"]) == 1
        assert found["events"] == found["claims"] == []

    def it_has_as_many_facts_as_erasure_erases(self, told: Service) -> None:
        found = person_of(told, "--user", "ada")

        erased = told.growth("erase", "--user", "ada").output

        assert erased == f"erased {len(found['pageviews']) + len(found['events'])} facts\n"

    def it_says_nothing_of_whom_nobody_knows(self, service: Service) -> None:
        found = person_of(service, "--user", "who")

        assert [value for value in found.values() if value] == ["who"]

    def it_needs_one_name(self, service: Service) -> None:
        assert service.growth("export", "person").exit_code == 2
        assert (
            service.growth("export", "person", "--user", "a", "--fingerprint", "b").exit_code == 2
        )
