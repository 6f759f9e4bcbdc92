"""The grammar of GET /attribution."""

from typing import Any

import pytest

from growth.errors import Problem
from growth.schemas.query import DIMENSIONS, PARAMETERS, load_query
from growth.schemas.times import parse_time


def errors_of(**params: Any) -> dict[str, list[str]]:
    with pytest.raises(Problem) as caught:
        load_query({name.rstrip("_"): value for name, value in params.items()})
    assert caught.value.status_code == 400
    errors: dict[str, list[str]] = caught.value.errors
    return errors


class DescribeLoadQuery:
    def it_asks_for_signups_by_channel_under_last_click_of_all_time(self) -> None:
        query = load_query({})

        assert query.as_asked() == {
            "by": ["channel"],
            "event": "signup",
            "model": "last_click",
            "from": None,
            "to": None,
            "timezone": "UTC",
            "filters": {},
        }

    @pytest.mark.parametrize("name", ["user_id", "fingerprint"])
    def it_asks_for_the_person_and_any_event_when_one_is_named(self, name: str) -> None:
        query = load_query({name: "x"})

        assert (query.by, query.event) == (("user",), None)
        assert query.as_asked()["filters"] == {name: ["x"]}

    def it_asks_for_any_event_in_the_list_of_conversions(self) -> None:
        assert load_query({"by": "conversion"}).event is None

    @pytest.mark.parametrize("by", ["source,medium", "source, medium,source", ["source", "medium"]])
    def it_takes_several_dimensions_once_each(self, by: Any) -> None:
        assert load_query({"by": by}).by == ("source", "medium")

    def it_takes_several_ids(self) -> None:
        assert load_query({"user_id": ["a", "b,c"]}).user_id == ("a", "b,c")

    def it_takes_days_and_instants(self) -> None:
        query = load_query({"from": "2023-01-20", "to": "2023-01-20T14:00:00.5+01:00"})

        assert query.start == parse_time("2023-01-20T00:00Z")
        assert query.end == parse_time("2023-01-20T13:00:00.5Z")
        assert query.as_asked()["to"] == "2023-01-20T13:00:00.500000Z"


class DescribeARefusedQuery:
    def it_names_the_parameters_there_are(self) -> None:
        (message,) = errors_of(campagne="x")["campagne"]

        assert message.endswith(", ".join(PARAMETERS) + ".")

    def it_names_the_dimensions_there_are(self) -> None:
        (message,) = errors_of(by="channel,colour")["by"]

        assert message.startswith("'colour' is not one of: channel, source, ")
        assert all(name in message for name in (*DIMENSIONS, "user", "conversion"))

    def it_names_the_models_there_are(self) -> None:
        assert errors_of(model="best") == {
            "model": [
                "'best' is not one of: first_click, last_click, linear, position_based, time_decay."
            ]
        }

    def it_names_every_wrong_parameter_at_once(self) -> None:
        assert set(errors_of(model="best", by="colour", from_="soon")) == {"model", "by", "from"}

    @pytest.mark.parametrize(
        ("params", "name"),
        [
            pytest.param({"by": ""}, "by", id="empty-by"),
            pytest.param({"by": "CHANNEL"}, "by", id="capitals"),
            pytest.param({"by": "user"}, "by", id="user-without-id"),
            pytest.param({"by": "channel,conversion"}, "by", id="a-list-with-a-dimension"),
            pytest.param({"by": "channel", "user_id": "u"}, "by", id="groups-of-a-person"),
            pytest.param({"model": ""}, "model", id="empty-model"),
            pytest.param({"model": ["linear", "last_click"]}, "model", id="two-models"),
            pytest.param({"event": ""}, "event", id="empty-event"),
            pytest.param({"event": "e" * 101}, "event", id="long-event"),
            pytest.param({"event": ["signup", "trial"]}, "event", id="two-events"),
            pytest.param({"from": ""}, "from", id="empty-from"),
            pytest.param({"from": "2023-02-30"}, "from", id="30-february"),
            pytest.param({"from": ["2023-01-01", "2023-01-02"]}, "from", id="two-froms"),
            pytest.param({"to": "tomorrow"}, "to", id="words-as-to"),
            pytest.param({"from": "9999-12-31T23:59:60Z"}, "from", id="after-all-years"),
            pytest.param({"from": "2023-01-02", "to": "2023-01-01"}, "from", id="from-after-to"),
            pytest.param({"from": "2023-01-01", "to": "2023-01-01"}, "from", id="from-equals-to"),
            pytest.param({"user_id": ""}, "user_id", id="empty-user"),
            pytest.param({"user_id": "u" * 256}, "user_id", id="long-user"),
            pytest.param({"fingerprint": ["f"] * 101}, "fingerprint", id="101-visitors"),
            pytest.param({"changed_since": "2023-01-01"}, "changed_since", id="since-of-groups"),
            pytest.param({"include": "cats"}, "include", id="unknown-include"),
            pytest.param({"include": "touches"}, "include", id="touches-of-default-groups"),
            pytest.param({"include": "touches", "by": "source"}, "include", id="touches-of-groups"),
        ],
    )
    def it_says_which_parameter_is_wrong(self, params: dict[str, Any], name: str) -> None:
        assert list(errors_of(**params)) == [name]
