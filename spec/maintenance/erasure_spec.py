"""Rule 12: no fact and no sum contains an erased person, and all others stay as they are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from databases import dump
from histories import differences
from hypothesis import given, settings
from hypothesis import strategies as st
from random_histories import FINGERPRINTS, USERS, deliver, histories

from growth.commands.main import main
from growth.database.tables import DERIVED, FACTS, EventRecord, PageviewRecord, RejectRecord
from growth.maintenance.erased import erased_before, hashed
from growth.maintenance.erasure import USER, VISITOR, erase

ADA = USER, "ada"

SITE = "https://shop.example.com/"


def page(fingerprint: str, at: str, user_id: str | None = None, query: str = "") -> dict[str, Any]:
    created_at = f"2026-03-01T{at}:00Z"
    return {
        "fingerprint": fingerprint,
        "user_id": user_id,
        "url": f"{SITE}{query}",
        "created_at": created_at,
    }


def event(name: str, at: str, **who: str) -> dict[str, Any]:
    return {"name": name, "created_at": f"2026-03-01T{at}:00Z", **who}


def known(text: str) -> list[str]:
    """The tables that contain the text in any column."""
    return [
        record.table
        for record in (*FACTS, *DERIVED)
        if any(text in str(row) for row in record.select().dicts())
    ]


@pytest.fixture
def ada(service: Any) -> Any:
    """Ada came by a newsletter on her phone, signed up on her laptop, and used Bob's tablet."""
    service.store(
        "/pageviews",
        page("phone", "08:00", query="?utm_source=news&utm_medium=email&utm_campaign=spring"),
        page("laptop", "09:00", "ada"),
        page("phone", "10:00", "ada"),
        page("tablet", "11:00", "bob", query="?gclid=bob"),
        page("tablet", "12:00", "ada"),
        page("tablet", "13:00", "bob"),
    )
    service.store(
        "/events",
        event("signup", "09:10", user_id="ada"),
        event("click", "12:05", fingerprint="tablet"),
        event("signup", "13:05", user_id="bob"),
    )
    return service


class DescribeErasingAUser:
    def it_takes_all_devices_that_were_theirs_alone(self, ada: Any) -> None:
        erase(ada.ledger, [ADA])
        assert known("phone") == known("laptop") == known("ada") == []

    def it_takes_only_their_own_visits_of_a_device_they_shared(self, ada: Any) -> None:
        erase(ada.ledger, [ADA])
        assert [p.user_id for p in PageviewRecord.select().order_by(PageviewRecord.created_at)] == [
            "bob",
            "bob",
        ]
        assert [e.user_id for e in EventRecord.select()] == ["bob"]  # the click was of Ada

    def it_takes_their_share_out_of_every_sum(self, ada: Any) -> None:
        erase(ada.ledger, [ADA])
        totals = ada.ask(by="campaign")["totals"]
        assert (totals["visits"], totals["pageviews"], totals["conversions"]) == (2, 2, 1.0)
        assert differences(ada) == []

    def it_leaves_others_their_attribution(self, ada: Any) -> None:
        before = ada.ask(user_id="bob", include="touches")["results"]
        erase(ada.ledger, [ADA])
        assert ada.ask(user_id="bob", include="touches")["results"] == before

    def it_leaves_nobody_behind_to_answer_for(self, ada: Any) -> None:
        erase(ada.ledger, [ADA])
        assert ada.ask(user_id="ada")["results"] == []
        assert ada.ask(fingerprint="phone")["results"] == []

    def it_takes_what_was_refused_of_them_too(self, ada: Any) -> None:
        ada.post("/events", {"name": "signup", "user_id": "ada", "currency": "euro"})
        ada.post("/events", {"name": "signup", "user_id": "adam", "currency": "euro"})
        erase(ada.ledger, [ADA])
        assert [json.loads(each.body)["user_id"] for each in RejectRecord.select()] == ["adam"]

    def it_counts_what_went_and_may_be_repeated(self, ada: Any) -> None:
        assert erase(ada.ledger, [ADA]).facts == 6
        assert erase(ada.ledger, [ADA]).facts == 0


class DescribeWhatWasRefused:
    @pytest.mark.parametrize(
        ("name", "body"),
        [
            pytest.param("zoë", '{"user_id": "zo\\u00eb", "name": 1}', id="escaped"),
            pytest.param("zoë", '{"user_id": "zoë", "name": 1}', id="as it is"),
            pytest.param("👩", '{"user_id": "\\ud83d\\udc69", "name": 1}', id="escaped in two"),
            pytest.param("42", '{"user_id": 42, "name": 1}', id="a number"),
            pytest.param("ada", '{"data": [{"to": " ada "}], "name": 1}', id="deep, with blanks"),
            pytest.param("ada", '{"user_id": "ada", "name": ', id="no JSON"),
            pytest.param('a"b', '{"user_id": "a\\"b", "name": ', id="a quote, no JSON"),
        ],
    )
    def it_goes_however_the_id_is_written(self, service: Any, name: str, body: str) -> None:
        service.send("/events", body)
        service.send("/events", '{"user_id": "adam", "name": 421}')

        assert erase(service.ledger, [(USER, name)]).unknown == []
        assert [each.body for each in RejectRecord.select()] == ['{"user_id": "adam", "name": 421}']


class DescribeADryRun:
    def it_says_what_would_go_and_takes_nothing(self, ada: Any) -> None:
        before = dump()
        assert erase(ada.ledger, [ADA], is_dry=True).facts == 6
        assert dump() == before


class DescribeTheRecordOfErasures:
    def it_has_a_hash_and_the_time_of_whom_was_known(self, ada: Any) -> None:
        erased = erase(ada.ledger, [ADA, (VISITOR, "nobody")])
        assert erased.unknown == [(VISITOR, "nobody")]
        assert list(erased_before()) == [(hashed(*ADA), ada.now)]


class DescribeErasingAVisitor:
    def it_takes_all_facts_of_the_visitor(self, ada: Any) -> None:
        assert erase(ada.ledger, [(VISITOR, "phone")]).facts == 2
        assert known("phone") == []

    def it_attributes_anew_whom_it_was_part_of(self, ada: Any) -> None:
        erase(ada.ledger, [(VISITOR, "phone")])
        (signup,) = ada.ask(user_id="ada")["results"][0]["conversions"]
        assert signup["first_click"]["channel"] == "Direct"
        assert signup["revision"] == 2
        assert differences(ada) == []


class DescribeErasingAnybody:
    @settings(max_examples=25)
    @given(history=histories, user=st.sampled_from(USERS), visitor=st.sampled_from(FINGERPRINTS))
    def it_leaves_what_the_remaining_facts_say(
        self, service: Any, history: list[Any], user: str, visitor: str
    ) -> None:
        deliver(service, [history])
        erase(service.ledger, [(USER, user), (VISITOR, visitor)])
        assert differences(service) == []
        assert known(visitor) == known(f"'{user}'") == []

    def it_lets_a_user_of_too_many_visitors_join_them_again(self, service: Any) -> None:
        for start in range(0, 201, 100):
            service.store(
                "/pageviews",
                *(page(f"v{n}", "08:00", "ada") for n in range(start, min(start + 100, 201))),
            )
        service.store("/pageviews", page("v0", "09:00"))
        assert service.ask(user_id="ada")["results"][0]["visits"] == 201
        erase(service.ledger, [(VISITOR, "v200")])
        assert service.ask(user_id="ada")["results"][0]["visits"] == 201
        assert differences(service) == []


class DescribeTheCommand:
    def it_tells_names_that_matched_nothing(self, ada: Any) -> None:
        told = ada.growth("erase", "--user", "ada", "--fingerprint", "nobody")

        assert told.exit_code == 0
        assert told.output == "nothing is known of fingerprint nobody\nerased 6 facts\n"

    def it_exits_1_if_all_of_them_did(self, ada: Any) -> None:
        assert ada.growth("erase", "--user", "nobody").exit_code == 1

    def it_lists_what_was_erased(self, ada: Any) -> None:
        assert ada.growth("erase", "--dry-run", "--user", "ada").output == "would erase 6 facts\n"
        assert ada.growth("erase", "--history").output == ""
        ada.growth("erase", "--user", "ada")

        assert hashed(*ADA) in ada.growth("erase", "--history").output

    @pytest.mark.parametrize(
        ("option", "name"),
        [
            ("--user", "u-1"),
            ("--user", " u-1 "),
            ("--fingerprint", "f-1\n"),
            ("--fingerprint", "\tf-1"),
        ],
    )
    def it_trims_whom_it_is_to_erase(
        self, service: Any, monkeypatch: pytest.MonkeyPatch, option: str, name: str
    ) -> None:
        service.store("/pageviews", page("f-1", "10:00", "u-1"))
        monkeypatch.setenv("DATABASE_URL", service.settings.database_url)

        told = CliRunner().invoke(main, ["erase", option, name])

        assert told.output == "erased 1 facts\n"
        assert PageviewRecord.select().count() == 0
