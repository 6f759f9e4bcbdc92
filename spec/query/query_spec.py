"""The grammar of GET /attribution."""

from typing import Any

import pytest
from query.queries import CONVERSIONS, NOW, errors_of, query_of

from growth.attribution.facts import DAY
from growth.query.query import as_time, load_query
from growth.query.words import LIST_SORTS, METRICS
from growth.schemas.times import format_time, parse_time


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

    def it_excludes_values(self) -> None:
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
    def it_knows_which_report_answers(self, params: dict[str, str], report: str) -> None:
        assert query_of(**params).report == report

    def it_filters_by_values_and_by_the_lack_of_one(self) -> None:
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
