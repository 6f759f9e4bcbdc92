"""POST /pageviews and POST /events."""

import json
from typing import Any

import pytest
from service import NOW, Service, cost, event, pageview, problem, without

from growth.attribution.facts import MINUTE
from growth.database.tables import EventRecord, PageviewRecord, RejectRecord
from growth.schemas.times import parse_time


class DescribeTheAnswer:
    @pytest.mark.parametrize(("path", "item"), [("/pageviews", pageview()), ("/events", event())])
    def it_says_what_was_stored(self, service: Service, path: str, item: dict[str, Any]) -> None:
        result = service.post(path, item)

        assert result.status_code == 200
        assert result.headers["content-type"] == "application/json"
        assert result.json == {"stored": 1, "duplicates": 0, "rejected": []}

    def it_is_the_problem_with_each_field_of_a_single_bad_item(self, service: Service) -> None:
        told = problem(service.post("/pageviews", {"url": "/en", "country": "DEU"}), 422)

        assert told["detail"] == "The input is invalid; see errors."
        assert told["errors"] == {
            "fingerprint": ["Must be given."],
            "url": ["Must be an absolute http or https URL with a host."],
            "country": ["'DEU' is not a country of ISO 3166-1; send a code such as DE."],
        }
        assert service.facts() == 0

    def it_stores_the_good_items_of_a_batch_and_names_the_others(self, service: Service) -> None:
        items = [
            event(id="a"),
            event(name=""),
            7,
            event(id="b"),
            event(id="a"),
            event(fingerprint=""),
        ]

        result = service.post("/events", items)

        assert result.status_code == 200
        assert result.json == {
            "stored": 2,
            "duplicates": 1,
            "rejected": [
                {"index": 1, "errors": {"name": ["Must be given."]}},
                {"index": 2, "errors": {"_schema": ["Must be a JSON object."]}},
                {
                    "index": 5,
                    "errors": {
                        "fingerprint": ["Must be given if user_id and session_id are missing."]
                    },
                },
            ],
        }
        assert service.facts() == 2

    @pytest.mark.parametrize(
        ("path", "items"),
        [
            ("/pageviews", [{}]),
            ("/pageviews", [7, None, "text"]),
            ("/events", [{"nme": "a"}, {"name": "b"}]),
            ("/events", [event(created_at="0001-01-01T00:00:00Z"), event(currency="BTC")]),
            ("/costs", [{"day": "2026-11-20"}, cost(amount="much")]),
        ],
    )
    def it_is_422_for_a_batch_without_any_good_item(
        self, service: Service, path: str, items: list[Any]
    ) -> None:
        told = problem(service.post(path, items), 422)

        assert (told["stored"], told["duplicates"]) == (0, 0)
        assert [each["index"] for each in told["rejected"]] == list(range(len(items)))
        assert RejectRecord.select().count() == len(items)

    @pytest.mark.parametrize("items", [[], [event(id="1")], [event(id="1"), {}]])
    def it_is_200_if_any_item_is_good_or_there_is_none(
        self, service: Service, items: list[Any]
    ) -> None:
        service.store("/events", event(id="1"))

        assert service.post("/events", items).status_code == 200

    def it_leaves_when_the_fact_is_on_disk(self, service: Service) -> None:
        service.store("/pageviews", pageview())

        assert PageviewRecord.select().count() == 1


class DescribeWhatWouldPassInSilence:
    @pytest.mark.parametrize(
        ("path", "item", "ignored"),
        [
            ("/events", event(curency="EUR"), ["curency"]),
            ("/events", event(userId="u-1", User_id="u-1"), ["User_id", "userId"]),
            ("/events", event(url="https://e.com/", b=None, a=""), ["a", "b", "url"]),
            ("/events", event(timestamp="2026-11-20T10:00:00Z"), []),
            ("/pageviews", pageview(referer="https://e.com/"), ["referer"]),
            ("/pageviews", pageview(session_id="s-1", title="A"), ["session_id", "title"]),
            ("/costs", cost(cost=1, id="7"), ["cost", "id"]),
            ("/events", event(country="XX"), ["country"]),
            ("/events", event(country=" t1 "), ["country"]),
            ("/pageviews", pageview(country="EU"), ["country"]),
            ("/pageviews", pageview(country="ap"), ["country"]),
            ("/pageviews", pageview(country="A1"), ["country"]),
            ("/pageviews", pageview(country=None), []),
        ],
    )
    def it_names_fields_that_were_not_read(
        self, service: Service, path: str, item: dict[str, Any], ignored: list[str]
    ) -> None:
        answer = service.post(path, item).json

        assert answer["stored"] == 1
        assert answer.get("ignored", []) == ignored

    def it_names_each_field_once_and_20_at_most(self, service: Service) -> None:
        many = {f"field-{place:02}": 1 for place in range(30)}

        answer = service.store("/events", event(id="1", **many), event(id="2", more=1, **many))

        assert answer["ignored"] == sorted(many)[:20]

    def it_cuts_long_names(self, service: Service) -> None:
        assert service.store("/events", event(**{"x" * 5_000: 1}))["ignored"] == ["x" * 100]

    def it_names_them_where_the_item_is_refused_too(self, service: Service) -> None:
        told = problem(service.post("/events", {"nme": "signup", "user_id": "u-1"}), 422)
        all_bad = problem(service.post("/events", [{"nme": "a"}, {"nme": "b"}]), 422)

        assert told["ignored"] == all_bad["ignored"] == ["nme"]

    @pytest.mark.parametrize(
        ("path", "item"),
        [
            ("/events", event(created_at="2099-01-01T00:00:00Z")),
            ("/events", event(created_at=None, timestamp="2026-11-22T13:00:00+00:30")),
            ("/events", event(created_at="2026-11-22T12:05:01Z")),
            ("/pageviews", pageview(created_at="9999-12-31T23:59:59Z")),
            ("/pageviews", pageview(created_at="2026-11-23 00:00:00 UTC")),
        ],
    )
    def it_counts_times_that_were_replaced(
        self, service: Service, path: str, item: dict[str, Any]
    ) -> None:
        assert service.store(path, item, item | {"id": "2"})["skewed"] == 2

    @pytest.mark.parametrize(
        "agent",
        [
            "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/141.0.0.0 Safari/537.36",
            "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
            "Mozilla/5.0 (compatible; GPTBot/1.1; +https://openai.com/gptbot)",
            "curl/8.5.0",
            "python-requests/2.32",
        ],
    )
    def it_counts_pageviews_of_bots(self, service: Service, agent: str) -> None:
        answer = service.store("/pageviews", pageview(user_agent=agent), pageview(id="2"))

        assert (answer["stored"], answer["bots"]) == (2, 1)

    def it_is_told_only_where_there_is_any(self, service: Service) -> None:
        assert list(service.store("/events", event())) == ["stored", "duplicates", "rejected"]


class DescribeADryRun:
    @pytest.mark.parametrize(
        ("path", "item"),
        [
            ("/events", event(more=1)),
            ("/events", [event(), event(name=None), 7]),
            ("/events", [event(name=None)]),
            ("/events", event(currency="BTC")),
            ("/pageviews", pageview(created_at="2099-01-01T00:00:00Z")),
            ("/costs", cost()),
            ("/costs", cost(day="9999-12-31")),
        ],
    )
    def it_answers_the_same_and_stores_nothing(
        self, service: Service, path: str, item: Any
    ) -> None:
        dry = service.post(f"{path}?dry_run=true", item)
        rejects, facts = RejectRecord.select().count(), service.facts()
        wet = service.post(f"{path}?dry_run=false", item)

        assert (dry.status_code, dry.json) == (wet.status_code, wet.json)
        assert (rejects, facts) == (0, 0)

    def it_keeps_no_body_that_is_not_json(self, service: Service) -> None:
        problem(service.send("/events?dry_run=true", "{"), 400)

        assert RejectRecord.select().count() == 0

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("dryrun=true", "dryrun"),
            ("dry_run=1", "dry_run"),
            ("dry_run=", "dry_run"),
            ("dry_run=true&dry_run=true", "dry_run"),
            ("dry_run=true&token=x", "token"),
            ("name=signup", "name"),
        ],
    )
    @pytest.mark.parametrize("path", ["/pageviews", "/events", "/costs"])
    def it_is_the_only_parameter(self, service: Service, path: str, query: str, field: str) -> None:
        told = problem(service.post(f"{path}?{query}", event()), 400)

        assert list(told["errors"]) == [field]
        assert service.facts() == 0


class DescribeADuplicate:
    @pytest.mark.parametrize("fields", [{"id": "1"}, {}, {"id": "1", "created_at": None}])
    def it_is_a_success_and_counts_once(self, service: Service, fields: dict[str, Any]) -> None:
        first, again = (service.post("/events", event(**fields)) for _ in range(2))

        assert first.json["stored"] == 1
        assert again.status_code == 200
        assert again.json == {"stored": 0, "duplicates": 1, "rejected": []}
        assert service.facts() == 1

    def it_is_one_within_a_batch_too(self, service: Service) -> None:
        answer = service.store("/pageviews", pageview(), pageview(id="1"), pageview(), pageview())

        assert (answer["stored"], answer["duplicates"]) == (2, 2)

    def it_needs_an_id_or_a_time(self, service: Service) -> None:
        item = without(event(), "created_at")

        answer = service.store("/events", item, item)

        assert (answer["stored"], answer["duplicates"]) == (2, 0)

    @pytest.mark.parametrize("fields", [{}, {"id": "1"}])
    def it_is_from_the_same_visitor(self, service: Service, fields: dict[str, Any]) -> None:
        items = [event(fingerprint=name, **fields) for name in ("b998", "c001")]

        assert service.store("/events", *items)["stored"] == 2

    def it_is_at_the_same_endpoint(self, service: Service) -> None:
        service.store("/pageviews", pageview(id="1"))

        assert service.store("/events", event(id="1"))["stored"] == 1

    def it_is_known_by_its_user_without_a_fingerprint(self, service: Service) -> None:
        items = [
            without(event(id="1", user_id=name), "fingerprint") for name in ("u-1", "u-2", "u-1")
        ]

        answer = service.store("/events", *items)

        assert (answer["stored"], answer["duplicates"]) == (2, 1)

    def it_is_one_when_the_senders_clock_is_ahead(self, service: Service) -> None:
        item = pageview(created_at="2031-01-01T00:00:00Z")
        service.store("/pageviews", item)
        service.now += 60 * MINUTE

        assert service.store("/pageviews", item)["duplicates"] == 1
        assert PageviewRecord.get().created_at == NOW


class DescribeAnotherContentUnderAStoredId:
    def it_is_refused_and_the_first_stays(self, service: Service) -> None:
        service.store("/events", event(id="1", value=1, currency="EUR"))

        told = problem(service.post("/events", event(id="1", value=2, currency="EUR")), 422)

        assert told["errors"] == {
            "id": ["A fact with this id and other content is already stored. It stays as it is."]
        }
        assert [record.value for record in EventRecord.select()] == [100]

    def it_is_rejected_in_a_batch(self, service: Service) -> None:
        items = [pageview(id="1"), pageview(id="1", url="https://e.com/"), pageview(id="2")]

        result = service.post("/pageviews", items)

        assert result.json["stored"] == 2
        assert [each["index"] for each in result.json["rejected"]] == [1]


class DescribeWhatIsStored:
    def it_has_the_time_of_receipt_and_a_microsecond_per_place(self, service: Service) -> None:
        service.store("/events", *[without(event(), "created_at")] * 3)

        assert sorted(record.created_at for record in EventRecord.select()) == [
            NOW,
            NOW + 1,
            NOW + 2,
        ]

    def it_has_all_digits_of_an_odd_fraction(self, service: Service) -> None:
        service.store("/pageviews", pageview(created_at="2023-01-20 14:02:21.16808 UTC"))

        assert PageviewRecord.get().created_at == parse_time("2023-01-20T14:02:21.168080Z")

    @pytest.mark.parametrize(
        ("value", "currency", "shown"),
        [
            (9.99, "EUR", 9.99),
            ("9.99", "eur", 9.99),
            (500, "JPY", 500.0),
            ("1.234", "BHD", 1.234),
            (7.5, None, 7.5),
            (-9.99, "EUR", -9.99),
        ],
    )
    def it_has_a_value_in_its_currency(
        self, service: Service, value: Any, currency: str | None, shown: float
    ) -> None:
        service.store("/events", event(name="purchase", value=value, currency=currency))

        ((conversion,),) = (
            person["conversions"] for person in service.ask(fingerprint="b998")["results"]
        )
        assert conversion["value"] == shown
        assert conversion["currency"] == (currency and currency.upper())

    def it_has_its_order(self, service: Service) -> None:
        for name, order in (("purchase", "o-1"), ("refund", 7), ("login", None)):
            service.store("/events", event(name=name, order_id=order))

        listed = service.ask(by="event")["results"]
        assert {each["name"]: each["order_id"] for each in listed} == {
            "purchase": "o-1",
            "refund": "7",
            "login": None,
        }

    @pytest.mark.parametrize("user_id", [42, " 42", "42 "])
    def it_has_ids_as_they_are_asked_for(self, service: Service, user_id: Any) -> None:
        service.store("/events", event(user_id=user_id))

        for asked in ("42", " 42 "):
            [found] = service.ask(by="event", user_id=asked)["results"]
            assert found["user_id"] == "42"

    def it_has_the_senders_data(self, service: Service) -> None:
        data = {"host": "www.example.com", "form": {"first_name": "John", "ages": [1, 2.5, None]}}

        service.store("/events", event(name="submit", category="form interaction", data=data))

        record = EventRecord.get()
        assert json.loads(record.data) == data
        assert record.category == "form interaction"

    def it_has_ids_to_the_letter(self, service: Service) -> None:
        for place, fingerprint in enumerate(["Ab", "ab", "ÄB", "'; DROP TABLE events; --"]):
            service.store("/events", event(fingerprint=fingerprint))
            assert service.facts() == place + 1
