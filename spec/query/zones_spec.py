"""Local days and hours: daylight saving, half hours, and instants before 1970."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from growth.attribution.facts import DAY
from growth.query import zones
from growth.query.zones import HOUR
from growth.schemas.times import format_time, parse_time

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "Pacific/Apia",
]


class DescribeNames:
    @pytest.mark.parametrize(
        "name",
        [*ZONES, "Etc/UTC", "Etc/GMT+5", "Asia/Calcutta", "Europe/Kyiv", "CET", "GMT", "Zulu"],
    )
    def it_has_the_zones_of_iana_and_their_links(self, name: str) -> None:
        assert name in zones.names()
        assert ZoneInfo(name)

    @pytest.mark.parametrize(
        "name",
        [
            "localtime",
            "Factory",
            "posixrules",
            "posix/Europe/Berlin",
            "right/Europe/Berlin",
            "zone.tab",
            "Europe",
            "europe/berlin",
            "",
        ],
    )
    def it_has_no_names_that_are_not_zones_or_differ_by_machine(self, name: str) -> None:
        assert name not in zones.names()

    def it_has_none_that_cannot_be_read(self) -> None:
        for name in zones.names():
            assert ZoneInfo(name).key == name


class DescribeLocal:
    @given(zone=st.sampled_from(ZONES), at=st.integers(-1_000_000_000, 4_000_000_000))
    def it_is_what_the_clock_on_the_wall_shows(self, zone: str, at: int) -> None:
        shown = datetime.fromtimestamp(at, ZoneInfo(zone)).replace(tzinfo=UTC)

        assert zones.local(at * 1_000_000, zone) == int(shown.timestamp()) * 1_000_000

    @given(zone=st.sampled_from(ZONES), day=st.integers(-5_000, 40_000))
    def it_begins_its_days_where_they_start(self, zone: str, day: int) -> None:
        start = zones.start_of(day, zone)

        assert zones.day_of(start, zone) >= day  # 30 December 2011 was skipped in Apia
        assert zones.day_of(start - 1, zone) < day


class DescribeSpanOf:
    @pytest.mark.parametrize(
        ("name", "label", "zone", "first", "after"),
        [
            ("day", "2026-03-29", "Europe/Berlin", "2026-03-28T23:00", "2026-03-29T22:00"),
            ("day", "2026-10-25", "Europe/Berlin", "2026-10-24T22:00", "2026-10-25T23:00"),
            ("day", "1969-12-31", "UTC", "1969-12-31T00:00", "1970-01-01T00:00"),
            ("week", "2026-W13", "Europe/Berlin", "2026-03-22T23:00", "2026-03-29T22:00"),
            ("week", "2020-W53", "UTC", "2020-12-28T00:00", "2021-01-04T00:00"),
            ("month", "2024-02", "UTC", "2024-02-01T00:00", "2024-03-01T00:00"),
            ("month", "2026-12", "Asia/Kolkata", "2026-11-30T18:30", "2026-12-31T18:30"),
            ("hour", "2026-10-25T02:00:00+01:00", "Europe/Berlin", "2026-10-25T01:00",
             "2026-10-25T02:00"),
        ],
    )  # fmt: skip
    def it_is_from_when_to_when_a_label_lasts(
        self, name: str, label: str, zone: str, first: str, after: str
    ) -> None:
        assert zones.span_of(name, label, zone) == (parse_time(first), parse_time(after))


class DescribeLabels:
    @pytest.mark.parametrize(
        ("day", "week", "month"),
        [
            ("2023-01-20", "2023-W03", "2023-01"),
            ("2021-01-03", "2020-W53", "2021-01"),
            ("1969-12-29", "1970-W01", "1969-12"),
        ],
    )
    def it_names_the_week_and_the_month_of_a_day(self, day: str, week: str, month: str) -> None:
        number = parse_time(f"{day}T00:00") // DAY

        assert (zones.week_label(number), zones.month_label(number)) == (week, month)

    def it_names_an_hour_with_its_offset(self) -> None:
        hour = parse_time("2026-10-25T02:00") // HOUR

        assert zones.hour_label(hour, 3_600) == "2026-10-25T02:00:00+01:00"
        assert zones.hour_label(hour, 7_200) == "2026-10-25T02:00:00+02:00"
        assert zones.hour_label(hour, 0) == format_time(hour * HOUR)
