"""The grammar of GET /attribution."""

from typing import Any

import pytest

from growth.attribution.facts import DAY
from growth.http.errors import Problem
from growth.query.grammar import ONCE
from growth.query.query import PARAMETERS, Query, as_time, load_query
from growth.query.words import ALL_DIMENSIONS, ALONE, LIST_SORTS, METRICS
from growth.schemas.times import format_time, parse_time

NOW = parse_time("2026-11-22T12:00:00Z")
CONVERSIONS = ("signup", "purchase")


def query_of(**params: Any) -> Query:
    named = {"from" if name == "start" else name: value for name, value in params.items()}
    return load_query(named, NOW, CONVERSIONS)


def errors_of(**params: Any) -> dict[str, list[str]]:
    with pytest.raises(Problem) as caught:
        query_of(**params)
    assert caught.value.status_code == 400
    errors: dict[str, list[str]] = caught.value.errors
    return errors


class DescribeLoadQuery:
    def it_asks_for_signups_by_channel_under_last_click_of_all_time(self) -> None:
        query = query_of()

        assert query.as_asked() == {
            "by": ("channel",),
            "event": "signup",
            "model": "last_click",
            "from": None,
            "to": None,
            "timezone": "UTC",
            "filters": {},
            "sort": "-conversions",
            "limit": 100,
        }

    @pytest.mark.parametrize("name", ["user_id", "fingerprint"])
    def it_asks_for_the_person_and_any_event_when_one_is_named(self, name: str) -> None:
        query = query_of(**{name: "x"})

        assert (query.by, query.event) == (("user",), None)
        assert query.as_asked()["filters"] == {name: ["x"]}

    def it_asks_for_any_event_in_the_list_of_conversions(self) -> None:
        assert query_of(by="conversion").event is None

    @pytest.mark.parametrize("by", ["source,medium", "source, medium,source", ["source", "medium"]])
    def it_takes_several_dimensions_once_each(self, by: Any) -> None:
        assert query_of(by=by).by == ("source", "medium")

    def it_takes_several_ids(self) -> None:
        assert query_of(user_id=["a", "b,c"]).filters == {"user_id": ("a", "b,c")}

    def it_takes_days_and_instants(self) -> None:
        query = query_of(start="2023-01-20", to="2023-01-20T14:00:00.5+01:00")

        assert query.start == parse_time("2023-01-20T00:00Z")
        assert query.end == parse_time("2023-01-20T13:00:00.5Z")
        assert query.as_asked()["to"] == "2023-01-20T13:00:00.500000Z"

    @pytest.mark.parametrize(
        ("zone", "start"),
        [
            ("UTC", "2026-03-29T00:00:00Z"),
            ("Europe/Berlin", "2026-03-28T23:00:00Z"),
            ("Asia/Kolkata", "2026-03-28T18:30:00Z"),
            ("America/New_York", "2026-03-29T04:00:00Z"),
        ],
    )
    def it_takes_days_of_the_zone(self, zone: str, start: str) -> None:
        assert query_of(start="2026-03-29", timezone=zone).as_asked()["from"] == start

    @pytest.mark.parametrize(
        ("last", "start"),
        [("1h", "2026-11-22T11:00"), ("24h", "2026-11-21T12:00"), ("100h", "2026-11-18T08:00")],
    )
    def it_counts_hours_back_from_now(self, last: str, start: str) -> None:
        query = query_of(last=last, timezone="Asia/Kolkata")

        assert (query.start, query.end) == (parse_time(start), None)

    @pytest.mark.parametrize(
        ("last", "zone", "start", "end"),
        [
            ("1d", "UTC", "2026-11-22T00:00", "2026-11-23T00:00"),
            ("7d", "UTC", "2026-11-16T00:00", "2026-11-23T00:00"),
            ("30d", "UTC", "2026-10-24T00:00", "2026-11-23T00:00"),
            ("1w", "UTC", "2026-11-16T00:00", "2026-11-23T00:00"),  # NOW is a Sunday
            ("2w", "UTC", "2026-11-09T00:00", "2026-11-23T00:00"),
            ("1d", "Pacific/Auckland", "2026-11-22T11:00", "2026-11-23T11:00"),  # Monday there
            ("1w", "Pacific/Auckland", "2026-11-22T11:00", "2026-11-23T11:00"),
            ("1d", "America/New_York", "2026-11-22T05:00", "2026-11-23T05:00"),
            ("30d", "America/New_York", "2026-10-24T04:00", "2026-11-23T05:00"),  # summer time
            ("99999w", "UTC", "0110-05-19T00:00", "2026-11-23T00:00"),
        ],
    )
    def it_ends_days_and_weeks_with_todays_end(
        self, last: str, zone: str, start: str, end: str
    ) -> None:
        query = query_of(last=last, timezone=zone)

        assert (as_time(query.start), as_time(query.end)) == (f"{start}:00Z", f"{end}:00Z")
        assert query.is_of_whole_days

    def it_ends_where_it_is_told_to(self) -> None:
        query = query_of(last="7d", to="2026-11-20")

        assert (as_time(query.start), as_time(query.end)) == (
            "2026-11-16T00:00:00Z",
            "2026-11-20T00:00:00Z",
        )

    @pytest.mark.parametrize(
        ("params", "is_whole"),
        [
            ({}, True),
            ({"start": "2026-11-01"}, True),
            ({"start": "2026-11-01", "timezone": "Asia/Kolkata"}, True),
            ({"start": "2026-11-01T00:00Z", "timezone": "Asia/Kolkata"}, False),
            ({"start": "2026-11-01T00:00+05:30", "timezone": "Asia/Kolkata"}, True),
            ({"to": "2026-11-01T06:00Z"}, False),
            ({"last": "24h"}, False),
            ({"start": "0001-01-01T00:00Z", "timezone": "America/New_York"}, False),
        ],
    )
    def it_knows_whole_days(self, params: dict[str, str], is_whole: bool) -> None:
        assert query_of(**params).is_of_whole_days == is_whole

    @pytest.mark.parametrize(
        ("event", "name"),
        [("Purchase", "purchase"), (" SIGNUP ", "signup"), ("Refund", "refund"), ("End", "End")],
    )
    def it_takes_names_of_conversions_in_any_case(self, event: str, name: str) -> None:
        assert query_of(by="event", event=event).event == name
        assert query_of(by="event", event=event).in_any_case == (name != "End")

    def it_leaves_values_out(self) -> None:
        query = query_of(**{"channel!": "Direct", "campaign!": ["a", ""], "campaign": "b"})

        assert query.filters == {
            "channel!": ("Direct",),
            "campaign!": ("a", None),
            "campaign": ("b",),
        }
        assert query.as_asked()["filters"]["campaign!"] == ["a", None]
        assert query.dimensions == {"channel", "campaign"}

    @pytest.mark.parametrize("name", ["user_id", "fingerprint", "session_id", "id", "order_id"])
    def it_trims_ids(self, name: str) -> None:
        by = "visit" if name in ("user_id", "fingerprint") else "event"

        assert query_of(by=by, **{name: [" a ", "a"]}).filters[name] == ("a",)

    @pytest.mark.parametrize(("by", "most"), [("campaign", "10000"), ("visit", "1000")])
    def it_has_longer_pages_of_groups_than_of_lists(self, by: str, most: str) -> None:
        assert query_of(by=by, limit=most).limit == int(most)
        assert list(errors_of(by=by, limit=str(int(most) + 1))) == ["limit"]

    @pytest.mark.parametrize(
        ("params", "report"),
        [
            ({"by": "source"}, "groups"),
            ({"by": "country"}, "groups"),
            ({"by": "country", "event": "start"}, "events"),
            ({"by": "name"}, "events"),
            ({"by": "day,category", "event": "signup"}, "events"),
            ({"by": "event", "event": "end"}, "event"),
            ({"by": "visit_duration"}, "visit_duration"),
        ],
    )
    def it_knows_what_answers_the_question(self, params: dict[str, str], report: str) -> None:
        assert query_of(**params).report == report

    def it_keeps_values_or_none(self) -> None:
        query = query_of(campaign=["NY", ""], paid="true", day="2026-11-01")

        assert query.filters["campaign"] == ("NY", None)
        assert query.filters["paid"] == (True,)
        [(first, after)] = query.filters["day"]
        assert (format_time(first), format_time(after)) == (
            "2026-11-01T00:00:00Z",
            "2026-11-02T00:00:00Z",
        )
        assert query.as_asked()["filters"] == {
            "campaign": ["NY", None],
            "paid": ["true"],
            "day": ["2026-11-01"],
        }

    @pytest.mark.parametrize("name", [*METRICS, "channel"])
    def it_sorts_by_every_metric_and_dimension(self, name: str) -> None:
        assert query_of(sort=name).sort == name
        assert query_of(sort=f"-{name}").is_descending

    @pytest.mark.parametrize(("by", "fields"), LIST_SORTS.items())
    def it_sorts_lists_by_their_times(self, by: str, fields: tuple[str, ...]) -> None:
        assert [query_of(by=by, sort=name).sort for name in fields] == list(fields)


class DescribeACursor:
    def it_goes_on_where_the_page_ended(self) -> None:
        cursor = query_of(by="visit").cursor(7, "digest")

        assert query_of(by="visit", cursor=cursor, limit="5").position == [7, "digest"]

    def it_counts_back_from_when_the_first_page_was_asked(self) -> None:
        asked = {"by": "visit", "last": "6h"}
        cursor = load_query(asked, NOW - 1_000_000, CONVERSIONS).cursor(7, "d")

        following = query_of(by="visit", last="6h", cursor=cursor)

        assert following.start == parse_time("2026-11-22T05:59:59Z")

    def it_stays_in_the_days_that_the_first_page_was_of(self) -> None:
        asked = {"by": "conversion", "last": "7d"}
        first = load_query(asked, NOW - DAY, CONVERSIONS)

        following = query_of(**asked, cursor=first.cursor(7, "d", None))

        assert (following.start, following.end) == (first.start, first.end)

    @pytest.mark.parametrize(
        "change", [{"by": "event"}, {"start": "2026-01-01"}, {"source": "google"}]
    )
    def it_is_refused_by_another_question(self, change: dict[str, str]) -> None:
        cursor = query_of(by="visit").cursor(7, "digest")

        assert list(errors_of(**{"by": "visit", **change}, cursor=cursor)) == ["cursor"] or (
            "by" in change
        )

    def it_is_refused_when_it_was_changed(self) -> None:
        cursor = query_of(by="visit").cursor(7, "digest")

        for place in range(len(cursor) - 1):
            forged = f"{cursor[:place]}{'A' if cursor[place] != 'A' else 'B'}{cursor[place + 1 :]}"
            assert list(errors_of(by="visit", cursor=forged)) == ["cursor"]


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
            "model": [
                "'best' is not one of: first_click, last_click, linear, position_based, "
                "time_decay, acquisition."
            ]
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
                "'sign_up' is not a conversion, so it cannot be asked for by channel; did you mean "
                "signup? Conversions are purchase, signup; other events have only name, category, "
                "country and time."
            ]
        }
        assert errors_of(event="end", by="source,day") == {
            "event": [
                "'end' is not a conversion, so it cannot be asked for by source. Conversions are "
                "purchase, signup; other events have only name, category, country and time."
            ]
        }
        assert errors_of(event="purchse", by="conversion") == {
            "event": [
                "'purchse' is not a conversion; did you mean purchase? "
                "Conversions are purchase, signup."
            ]
        }

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
            name: [f"Give 1 to 100 values of {lengths} characters."]
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
