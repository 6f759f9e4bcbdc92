"""The errors of a query that GET /attribution refuses."""

from typing import Any

import pytest
from query.queries import errors_of

from growth.attribution.credit import ACQUISITION, MODELS
from growth.query.grammar import ONCE
from growth.query.query import PARAMETERS
from growth.query.words import ALL_DIMENSIONS, ALONE


class DescribeARefusedQuery:
    def it_names_the_parameters_there_are(self) -> None:
        (message,) = errors_of(campagne="x")["campagne"]

        assert message.startswith("There is no such parameter; did you mean campaign? Allowed are")
        assert ", ".join(PARAMETERS) in message

    def it_names_the_dimensions_there_are(self) -> None:
        (message,) = errors_of(by="channel,colour")["by"]

        assert message.startswith("'colour' is not one of: channel, source, ")
        assert all(name in message for name in (*ALL_DIMENSIONS, *ALONE))

    def it_names_the_models_there_are(self) -> None:
        assert errors_of(model="best") == {
            "model": [f"'best' is not one of: {', '.join((*MODELS, ACQUISITION))}."]
        }

    @pytest.mark.parametrize(
        ("params", "name", "end"),
        [
            ({"model": "lastclick"}, "model", "acquisition; did you mean last_click?"),
            ({"model": "Linear"}, "model", "did you mean linear?"),
            ({"by": "chanel"}, "by", "did you mean channel?"),
            ({"by": "events"}, "by", "did you mean event?"),
            ({"by": "visit", "status": "opened"}, "status", "did you mean open?"),
            ({"sort": "-conversion"}, "sort", "did you mean conversions?"),
            ({"metrics": "revenu"}, "metrics", "did you mean revenue?"),
            ({"timezone": "europe/berlin"}, "timezone", "did you mean Europe/Berlin?"),
            ({"include": "user"}, "include", "did you mean users?"),
        ],
    )
    def it_says_what_was_probably_meant(self, params: Any, name: str, end: str) -> None:
        (message,) = errors_of(**params)[name]

        assert message.endswith(end)

    def it_says_that_an_event_is_no_conversion(self) -> None:
        assert errors_of(event="sign_up", source="google") == {
            "event": [
                "'sign_up' is not a conversion, so it cannot be grouped by channel; did you mean "
                "signup? Conversions are purchase, signup; other events can be grouped only by "
                "name, category, country and time."
            ]
        }
        assert errors_of(event="end", by="source,day") == {
            "event": [
                "'end' is not a conversion, so it cannot be grouped by source. Conversions are "
                "purchase, signup; other events can be grouped only by name, category, country "
                "and time."
            ]
        }
        assert errors_of(event="purchse", by="conversion") == {
            "event": [
                "'purchse' is not a conversion; did you mean purchase? "
                "Conversions are purchase, signup."
            ]
        }

    @pytest.mark.parametrize("by", ["conversion", "user"])
    @pytest.mark.parametrize("event", ["refund", "unsubscribe"])
    def it_says_so_of_events_that_only_affect_conversions(self, by: str, event: str) -> None:
        (message,) = errors_of(event=event, by=by)["event"]

        assert message.startswith(f"'{event}' is not a conversion")

    @pytest.mark.parametrize("name", sorted(ONCE))
    def it_says_what_may_not_be_repeated(self, name: str) -> None:
        assert errors_of(**{name: ["1", "2"]}) == {name: ["Give it once."]}

    @pytest.mark.parametrize(
        ("name", "values", "lengths"),
        [
            ("campaign", ["x"] * 10_000, "0 to 2,048"),
            ("campaign", "x" * 2_049, "0 to 2,048"),
            ("user_id", ["x"] * 101, "1 to 255"),
            ("user_id", "x" * 256, "1 to 255"),
            ("user_id", "", "1 to 255"),
        ],
    )
    def it_says_how_many_values_there_may_be(self, name: str, values: Any, lengths: str) -> None:
        assert errors_of(**{name: values}) == {
            name: [f"Give 1 to 100 values, each of {lengths} characters."]
        }

    def it_names_every_wrong_parameter_at_once(self) -> None:
        assert set(errors_of(model="best", by="colour", start="soon")) == {"model", "by", "from"}

    @pytest.mark.parametrize(
        ("params", "name"),
        [
            pytest.param({"by": ""}, "by", id="empty-by"),
            pytest.param({"by": "CHANNEL"}, "by", id="capitals"),
            pytest.param({"by": "channel,conversion"}, "by", id="a-list-with-a-dimension"),
            pytest.param({"by": "channel", "event": "start"}, "event", id="channels-of-events"),
            pytest.param({"by": "name,source"}, "by", id="sources-of-plain-events"),
            pytest.param({"by": "visit_duration,day"}, "by", id="durations-by-day"),
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
            pytest.param({"last": "30"}, "last", id="last-without-unit"),
            pytest.param({"last": "0d"}, "last", id="last-of-nothing"),
            pytest.param({"last": ["1d", "2d"]}, "last", id="two-lasts"),
            pytest.param({"last": "1d", "from": "2023-01-01"}, "last", id="last-and-from"),
            pytest.param({"last": "1h", "to": "2023-01-01"}, "last", id="last-after-to"),
            pytest.param({"timezone": "Mars/Olympus"}, "timezone", id="no-such-zone"),
            pytest.param({"timezone": "Europe"}, "timezone", id="a-folder-of-zones"),
            pytest.param({"timezone": "../UTC"}, "timezone", id="a-path-as-zone"),
            pytest.param({"timezone": ["UTC", "UTC"]}, "timezone", id="two-zones"),
            pytest.param({"from": "0001-01-01", "timezone": "Asia/Tokyo"}, "from", id="year-0"),
            pytest.param({"limit": "0"}, "limit", id="limit-0"),
            pytest.param({"limit": "10001"}, "limit", id="limit-10001"),
            pytest.param({"limit": "1001", "by": "event"}, "limit", id="limit-1001-of-a-list"),
            pytest.param({"limit": "ten"}, "limit", id="limit-in-words"),
            pytest.param({"limit": "-1"}, "limit", id="limit-below-0"),
            pytest.param({"limit": "1e2"}, "limit", id="limit-in-powers"),
            pytest.param({"limit": ["1", "2"]}, "limit", id="two-limits"),
            pytest.param({"sort": "beauty"}, "sort", id="unknown-sort"),
            pytest.param({"sort": "--visits"}, "sort", id="two-minuses"),
            pytest.param({"sort": "source"}, "sort", id="sort-by-what-is-not-there"),
            pytest.param({"sort": "visits", "by": "visit"}, "sort", id="metric-in-a-list"),
            pytest.param({"metrics": "beauty"}, "metrics", id="unknown-metric"),
            pytest.param({"metrics": ""}, "metrics", id="no-metric"),
            pytest.param({"metrics": "events"}, "metrics", id="events-of-conversions"),
            pytest.param({"metrics": "visits", "by": "name"}, "metrics", id="visits-of-events"),
            pytest.param({"metrics": "visits", "by": "visit"}, "metrics", id="metrics-of-a-list"),
            pytest.param(
                {"metrics": "all", "by": "visit_duration"}, "metrics", id="metrics-of-durations"
            ),
            pytest.param({"metrics": "active_users"}, "metrics", id="active-by-channel"),
            pytest.param({"metrics": "active_users", "by": "hour"}, "metrics", id="active-by-hour"),
            pytest.param(
                {"metrics": "active_users", "by": "day", "paid": "true"}, "metrics", id="active-ads"
            ),
            pytest.param(
                {"metrics": "visit_duration", "by": "day,paid"}, "metrics", id="durations-of-two"
            ),
            pytest.param({"cursor": "bm9uZQ"}, "cursor", id="a-cursor-made-up"),
            pytest.param({"cursor": ""}, "cursor", id="empty-cursor"),
            pytest.param({"cursor": "é"}, "cursor", id="a-cursor-of-no-letters"),
            pytest.param({"campaign": ["x"] * 101}, "campaign", id="101-campaigns"),
            pytest.param({"campaign": "x" * 2_049}, "campaign", id="long-campaign"),
            pytest.param({"campaign": "a\0b"}, "campaign", id="nul-in-a-campaign"),
            pytest.param({"user_id": ["a", "\0"]}, "user_id", id="nul-in-a-user"),
            pytest.param({"event": "a\0b"}, "event", id="nul-in-an-event"),
            pytest.param({"paid": "yes"}, "paid", id="paid-in-words"),
            pytest.param({"day": "2023-02-30"}, "day", id="no-such-day"),
            pytest.param({"day": ""}, "day", id="no-day"),
            pytest.param({"week": "2023-W60"}, "week", id="no-such-week"),
            pytest.param({"month": "2023"}, "month", id="no-such-month"),
            pytest.param({"hour": "2023-01-20T14:00"}, "hour", id="an-hour-without-offset"),
            pytest.param({"day": "2023-2-3"}, "day", id="a-day-without-zeros"),
            pytest.param({"day": "20230203"}, "day", id="a-day-without-dashes"),
            pytest.param({"day!": "03.02.2023"}, "day!", id="a-day-of-german"),
            pytest.param({"from": "2023-2-3"}, "from", id="from-without-zeros"),
            pytest.param({"from": "20230203"}, "from", id="from-without-dashes"),
            pytest.param({"to": "2023/02/03"}, "to", id="to-with-slashes"),
            pytest.param({"week": "2023-W3"}, "week", id="a-week-without-zeros"),
            pytest.param({"month": "2023-1"}, "month", id="a-month-without-zeros"),
            pytest.param({"hour": "2023-01-20 14:00:00Z"}, "hour", id="an-hour-with-a-space"),
            pytest.param({"user_id": "  "}, "user_id", id="blank-user"),
            pytest.param({"by": "cohort_month"}, "by", id="cohorts-of-last-click"),
            pytest.param({"cohort_week": "2023-W03"}, "cohort_week", id="a-cohort-of-last-click"),
            pytest.param(
                {"cohort_week!": "2023-W3", "model": "acquisition"}, "cohort_week!", id="no-cohort"
            ),
            pytest.param({"user_id!": "a"}, "user_id!", id="a-user-left-out"),
            pytest.param({"by": "visit", "name!": "a"}, "name!", id="names-of-visits"),
            pytest.param({"order_id": "o-1"}, "order_id", id="an-order-of-groups"),
            pytest.param({"paid!": "maybe"}, "paid!", id="left-out-in-words"),
            pytest.param({"status": "open"}, "status", id="status-of-groups"),
            pytest.param({"by": "visit", "status": "odd"}, "status", id="unknown-status"),
            pytest.param({"name": "start"}, "name", id="name-of-conversions"),
            pytest.param({"by": "visit", "session_id": "s"}, "session_id", id="session-of-visits"),
            pytest.param({"by": "event", "source": "s"}, "source", id="source-of-events"),
            pytest.param({"by": "visit", "include": "users"}, "include", id="users-of-a-list"),
            pytest.param({"include": "cats"}, "include", id="unknown-include"),
            pytest.param({"include": "touches"}, "include", id="touches-of-default-groups"),
            pytest.param({"include": "touches", "by": "source"}, "include", id="touches-of-groups"),
        ],
    )
    def it_says_which_parameter_is_wrong(self, params: dict[str, Any], name: str) -> None:
        assert list(errors_of(**params)) == [name]
