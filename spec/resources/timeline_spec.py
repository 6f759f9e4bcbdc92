"""GET /attribution by time: local days, daylight saving, active users and durations of visits.

Answers with costs have their specs here, too.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service import Service, event, pageview

from growth.reports.timeline import WINDOWS, Active

AD = "https://www.example.com/?utm_source=facebook&utm_medium=paid&utm_campaign=NY&utm_content=a"


def by_time(service: Service, name: str, **params: Any) -> dict[str, int]:
    rows = service.ask(by=name, sort=name, **params)["results"]
    return {row[name]: row["visits"] for row in rows}


class DescribeLocalTime:
    @pytest.fixture
    def night(self, service: Service) -> Service:
        """A visit in each half hour from 21:00 to 02:00 UTC, in two nights when clocks change."""
        for day in ("2026-03-28", "2026-10-24"):
            for half in range(10):
                at = f"{day}T{21 + half // 2 if half < 6 else 0:02}:{30 * (half % 2):02}:00Z"
                if half >= 6:
                    at = f"{day[:8]}{int(day[8:]) + 1}T{half // 2 - 3:02}:{30 * (half % 2):02}:00Z"
                service.store("/pageviews", pageview(fingerprint=f"{day}-{half}", created_at=at))
        return service

    def it_skips_the_hour_that_is_not_there(self, night: Service) -> None:
        assert by_time(
            night, "hour", timezone="Europe/Berlin", start="2026-03-29", to="2026-03-30"
        ) == {
            "2026-03-29T00:00:00+01:00": 2,
            "2026-03-29T01:00:00+01:00": 2,
            "2026-03-29T03:00:00+02:00": 2,
        }

    def it_tells_the_hour_that_comes_twice_apart(self, night: Service) -> None:
        assert by_time(
            night, "hour", timezone="Europe/Berlin", start="2026-10-25", to="2026-10-26"
        ) == {
            "2026-10-25T00:00:00+02:00": 2,
            "2026-10-25T01:00:00+02:00": 2,
            "2026-10-25T02:00:00+02:00": 2,
            "2026-10-25T02:00:00+01:00": 2,
        }

    @pytest.mark.parametrize(
        ("zone", "days"),
        [
            ("UTC", {"2026-10-24": 6, "2026-10-25": 4}),
            ("Europe/Berlin", {"2026-10-24": 2, "2026-10-25": 8}),
            ("Asia/Kolkata", {"2026-10-25": 10}),
            ("Asia/Kathmandu", {"2026-10-25": 10}),
            ("America/New_York", {"2026-10-24": 10}),
        ],
    )
    @pytest.mark.parametrize("is_open", [False, True])
    def it_has_the_days_of_the_zone(
        self, night: Service, zone: str, days: dict[str, int], is_open: bool
    ) -> None:
        period = {"start": "2026-06-01"} if is_open else {"start": "2026-06-01", "to": "2026-12-01"}

        assert by_time(night, "day", timezone=zone, **period) == days

    def it_has_weeks_and_months_made_of_days(self, night: Service) -> None:
        assert by_time(night, "week") == {"2026-W13": 10, "2026-W43": 10}
        assert by_time(night, "month", timezone="Europe/Berlin") == {"2026-03": 10, "2026-10": 10}

    def it_is_right_on_the_first_day_that_facts_may_have(self, service: Service) -> None:
        service.store("/pageviews", pageview(created_at="1970-01-02T00:30:00Z"))

        assert by_time(service, "day") == {"1970-01-02": 1}
        assert by_time(service, "hour") == {"1970-01-02T00:00:00Z": 1}
        assert by_time(service, "day", timezone="Europe/Berlin") == {"1970-01-02": 1}
        assert by_time(service, "day", timezone="America/New_York") == {"1970-01-01": 1}
        assert by_time(service, "hour", timezone="Asia/Kolkata") == {"1970-01-02T06:00:00+05:30": 1}


class DescribeQuestionsAboutNow:
    def it_counts_the_sessions_that_began_by_country_in_the_last_hours(
        self, service: Service
    ) -> None:
        service.store(
            "/events",
            event(name="start", fingerprint="a", country="DE", created_at="2026-11-22T11:00:00Z"),
            event(name="start", fingerprint="b", country="DE", created_at="2026-11-22T06:00:00Z"),
            event(name="start", fingerprint="c", country="FR", created_at="2026-11-22T05:59:59Z"),
            event(name="end", fingerprint="a", country="DE", created_at="2026-11-22T11:30:00Z"),
        )

        answer = service.ask(by="country", event="start", last="6h")

        assert answer["results"] == [{"country": "DE", "events": 2}]


active_days = st.lists(st.integers(0, 70), max_size=12, unique=True).map(sorted)


class DescribeActive:
    @given(people=st.lists(active_days, max_size=6))
    def it_counts_who_was_seen_in_the_days_up_to_one(self, people: list[list[int]]) -> None:
        rows = [
            (day, min(30, following - day), 1)
            for days in people
            for day, following in zip(days, [*days[1:], 10_000], strict=False)
        ]

        active = Active(rows)

        for end in range(110):
            for window in WINDOWS:
                seen = [any(end - window < day <= end for day in days) for days in people]
                assert active.at(end, window) == sum(seen)

    def it_is_told_by_day_week_and_month(self, service: Service) -> None:
        service.store(
            "/pageviews",
            pageview(fingerprint="a", user_id="u-1", created_at="2026-11-01T10:00:00Z"),
            pageview(fingerprint="b", created_at="2026-11-03T10:00:00Z"),
            pageview(fingerprint="a", created_at="2026-11-03T11:00:00Z"),
        )
        service.store(
            "/events",
            event(name="x", fingerprint=None, user_id="u-2", created_at="2026-11-03T12:00:00Z"),
            event(name="x", fingerprint="c", created_at="2026-11-09T12:00:00Z"),
        )

        def found(by: str, **params: Any) -> dict[str, Any]:
            rows = service.ask(by=by, sort=by, metrics="all", **params)["results"]
            return {
                row[by]: (
                    tuple(row["active_visitors"].values()),
                    tuple(row["active_users"].values()),
                )
                for row in rows
            }

        assert found("day") == {
            "2026-11-01": ((1, 1, 1), (1, 1, 1)),
            "2026-11-03": ((2, 2, 2), (2, 2, 2)),
        }
        assert found("day", start="2026-11-03", to="2026-11-04")["2026-11-03"][0] == (2, 2, 2)
        assert found("month")["2026-11"] == ((0, 0, 3), (0, 0, 2))  # the clock is at 22 November
        assert found("day", event="x") == {
            "2026-11-03": ((2, 2, 2), (2, 2, 2)),
            "2026-11-09": ((1, 3, 3), (0, 2, 2)),
        }
        answer = service.ask(by="day", metrics="active_visitors")
        assert answer["totals"] == {"active_visitors": {"1d": 0, "7d": 0, "30d": 3}}

    @pytest.mark.parametrize(
        "params", [{"by": "day", "source": "x"}, {"by": "hour"}, {"by": "day,channel"}]
    )
    def it_is_absent_unless_everybody_is_counted_by_day(
        self, story: Service, params: dict[str, str]
    ) -> None:
        assert "active_visitors" not in story.ask(metrics="all", **params)["totals"]


class DescribeVisitDurations:
    def it_is_a_histogram(self, story: Service) -> None:
        answer = story.ask(by="visit_duration")

        assert answer["totals"] == {
            "visits": 4,
            "visit_duration": {"average": 15.0, "longest": 60.0},
        }
        assert [row["visits"] for row in answer["results"]] == [3, 0, 0, 1, 0, 0, 0, 0]
        assert answer["results"][3] == {
            "visit_duration": {"from": 60, "to": 180},
            "visits": 1,
            "share": 0.25,
        }
        backwards = story.ask(by="visit_duration", sort="-visit_duration", source="facebook")
        assert [row["visits"] for row in backwards["results"]] == [0, 0, 0, 0, 0, 0, 0, 2]

    def it_is_told_by_time(self, story: Service) -> None:
        answer = story.ask(by="day", sort="day", metrics="visit_duration,conversions")

        assert [row["visit_duration"]["average"] for row in answer["results"]] == [
            60.0,
            0.0,
            0.0,
            None,
        ]
        assert answer["totals"]["visit_duration"] == {"average": 15.0, "longest": 60.0}

    def it_is_none_without_visits(self, service: Service) -> None:
        assert service.ask(by="hour", metrics="all")["totals"]["visit_duration"] == {
            "average": None,
            "longest": None,
        }


class DescribeCosts:
    @pytest.fixture
    def costly(self, service: Service) -> Service:
        service.store("/pageviews", pageview(url=AD, created_at="2026-11-03T10:00:00Z"))
        service.store("/events", event(created_at="2026-11-03T11:00Z", value=25, currency="EUR"))
        ad = {"source": "facebook", "medium": "paid", "campaign": "NY"}
        service.store(
            "/costs",
            {**ad, "day": "2026-11-03", "content": "a", "amount": "10", "currency": "EUR"},
            {**ad, "day": "2026-11-04", "amount": "4", "currency": "USD"},
            {"day": "2026-11-05", "source": "tv", "amount": "3", "currency": "EUR"},
        )
        return service

    def it_brings_return_and_cost_per_conversion_by_currency(self, costly: Service) -> None:
        answer = costly.ask(by="campaign")

        row = answer["results"][0]
        assert row["campaign"] == "NY"
        assert row["cost"] == {"EUR": 10.0, "USD": 4.0}
        assert row["cost_per_conversion"] == {"EUR": 10.0, "USD": 4.0}
        assert row["roi"] == {"EUR": 1.5, "USD": None}
        assert answer["totals"]["cost"] == {"EUR": 13.0, "USD": 4.0}

    def it_has_a_row_for_a_group_with_nothing_but_a_cost(self, costly: Service) -> None:
        rows = {row["source"]: row for row in costly.ask(by="source")["results"]}

        assert (rows["tv"]["visits"], rows["tv"]["conversions"]) == (0, 0)
        assert rows["tv"]["cost_per_conversion"] == {"EUR": None}

    @pytest.mark.parametrize(
        ("params", "cost"),
        [
            ({"by": "day,source,medium"}, {"EUR": 13.0, "USD": 4.0}),
            ({"by": "content"}, {"EUR": 13.0, "USD": 4.0}),
            ({"by": "paid,channel"}, {"EUR": 13.0, "USD": 4.0}),
            ({"by": "week"}, {"EUR": 13.0, "USD": 4.0}),
            ({"content": "a"}, {"EUR": 10.0}),
            ({"content": ""}, {"EUR": 3.0, "USD": 4.0}),
            ({"campaign": ["NY", ""]}, {"EUR": 13.0, "USD": 4.0}),
            ({"day": "2026-11-03"}, {"EUR": 10.0}),
            ({"start": "2026-11-04"}, {"EUR": 3.0, "USD": 4.0}),
            ({"start": "2026-11-04", "timezone": "America/New_York"}, {"EUR": 3.0, "USD": 4.0}),
            ({"to": "2026-11-03T00:00:01Z"}, None),
            ({"start": "2026-11-03T00:00:01Z"}, None),
            ({"start": "2026-11-03T00:00:00Z"}, {"EUR": 13.0, "USD": 4.0}),
            ({"start": "2026-11-03T00:00:00Z", "timezone": "America/New_York"}, None),
            (
                {"start": "2026-11-04T05:00:00Z", "timezone": "America/New_York"},
                {"EUR": 3.0, "USD": 4.0},
            ),
            ({"last": "24h"}, None),
            ({"last": "30d"}, {"EUR": 13.0, "USD": 4.0}),
            ({"campaign!": "NY"}, {"EUR": 3.0}),
            ({"day!": "2026-11-03"}, {"EUR": 3.0, "USD": 4.0}),
            ({"country!": "DE"}, None),
            ({"by": "landing_page"}, None),
            ({"by": "hour"}, None),
            ({"country": "DE"}, None),
            ({"fingerprint": "x", "by": "source"}, None),
        ],
    )
    def it_is_null_if_costs_do_not_fit_the_query(
        self, costly: Service, params: Any, cost: Any
    ) -> None:
        assert costly.ask(**params)["totals"]["cost"] == cost

    def it_ranks_campaigns_by_their_return(self, costly: Service) -> None:
        rows = costly.ask(by="source", sort="-roi")["results"]

        assert [(row["source"], row["roi"]["EUR"]) for row in rows] == [
            ("facebook", 1.5),
            ("tv", -1.0),
        ]

    def it_compares_returns_across_currencies(self, costly: Service) -> None:
        seen = {"fingerprint": "r", "created_at": "2026-11-03T10:00:00Z"}
        costly.store(
            "/pageviews", pageview(url="https://shop.example.com/?utm_source=radio", **seen)
        )
        costly.store("/events", event(value=9, currency="USD", **seen))
        costly.store(
            "/costs", {"day": "2026-11-03", "source": "radio", "amount": 1, "currency": "USD"}
        )

        rows = costly.ask(by="source", sort="-roi")["results"]

        assert [row["source"] for row in rows] == ["radio", "facebook", "tv"]
