"""POST /pageviews and POST /events."""

import json
from typing import Any

import pytest
from service import NOW, Service, event, pageview, problem, without

from growth.attribution.facts import MINUTE
from growth.database.tables import EventRecord, PageviewRecord
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

        assert told["detail"] == "The input does not fit; see errors."
        assert told["errors"] == {
            "fingerprint": ["Missing data for required field."],
            "url": ["Must be an absolute http or https URL with a host."],
            "country": ["Must be an ISO 3166 code of two letters."],
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
                {"index": 1, "errors": {"name": ["Missing data for required field."]}},
                {"index": 2, "errors": {"_schema": ["Must be a JSON object."]}},
                {
                    "index": 5,
                    "errors": {"fingerprint": ["Needs a fingerprint, a user_id, or both."]},
                },
            ],
        }
        assert service.facts() == 2

    def it_is_200_for_a_batch_without_any_good_item(self, service: Service) -> None:
        result = service.post("/pageviews", [{}])

        assert result.status_code == 200
        assert (result.json["stored"], len(result.json["rejected"])) == (0, 1)

    def it_leaves_when_the_fact_is_on_disk(self, service: Service) -> None:
        service.store("/pageviews", pageview())

        assert PageviewRecord.select().count() == 1


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

    def it_is_none_without_id_and_time(self, service: Service) -> None:
        item = without(event(), "created_at")

        answer = service.store("/events", item, item)

        assert (answer["stored"], answer["duplicates"]) == (2, 0)

    @pytest.mark.parametrize("fields", [{}, {"id": "1"}])
    def it_is_none_from_another_visitor(self, service: Service, fields: dict[str, Any]) -> None:
        items = [event(fingerprint=name, **fields) for name in ("b998", "c001")]

        assert service.store("/events", *items)["stored"] == 2

    def it_is_none_at_the_other_endpoint(self, service: Service) -> None:
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
            "id": ["Another content was stored under this id; the first stays."]
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
