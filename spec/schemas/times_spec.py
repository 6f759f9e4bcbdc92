"""Times in the formats of senders, and in the format of answers."""

from datetime import UTC, datetime

import pytest

from growth.schemas.times import format_time, parse_day_or_time, parse_time


def at(*parts: int) -> int:
    """A time in UTC as microseconds since 1970."""
    return (datetime(*parts, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // (
        datetime.resolution
    )


class DescribeParseTime:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            pytest.param("2023-01-20T14:02:21Z", at(2023, 1, 20, 14, 2, 21), id="seconds"),
            pytest.param("2023-01-20T14:02Z", at(2023, 1, 20, 14, 2), id="minutes"),
            pytest.param("2023-01-20T14:02:21", at(2023, 1, 20, 14, 2, 21), id="no-zone-is-utc"),
            pytest.param("2023-01-20 14:02:21 UTC", at(2023, 1, 20, 14, 2, 21), id="space-and-utc"),
            pytest.param("2023-01-20 14:02:21UTC", at(2023, 1, 20, 14, 2, 21), id="utc-at-once"),
            pytest.param("2023-01-20t14:02:21z", at(2023, 1, 20, 14, 2, 21), id="lower-case"),
            pytest.param(" 2023-01-20T14:02:21Z\n", at(2023, 1, 20, 14, 2, 21), id="padded"),
            pytest.param(
                "2023-01-20 14:02:21.16808 UTC", at(2023, 1, 20, 14, 2, 21, 168080), id="5-digits"
            ),
            pytest.param(
                "2023-01-20T14:02:21.5Z", at(2023, 1, 20, 14, 2, 21, 500000), id="1-digit"
            ),
            pytest.param(
                "2023-01-20T14:02:21.123Z", at(2023, 1, 20, 14, 2, 21, 123000), id="3-digits"
            ),
            pytest.param(
                "2023-01-20T14:02:21.1234567Z", at(2023, 1, 20, 14, 2, 21, 123456), id="7-cut"
            ),
            pytest.param(
                "2023-01-20T14:02:21.999999999Z", at(2023, 1, 20, 14, 2, 21, 999999), id="9-cut"
            ),
            pytest.param(
                "2023-01-20T14:02:21,5Z", at(2023, 1, 20, 14, 2, 21, 500000), id="iso-comma"
            ),
            pytest.param("2023-01-20T14:02:21+01:00", at(2023, 1, 20, 13, 2, 21), id="ahead"),
            pytest.param("2023-01-20T14:02:21-0530", at(2023, 1, 20, 19, 32, 21), id="behind"),
            pytest.param("2023-01-20T00:30+02", at(2023, 1, 19, 22, 30), id="hours-only"),
            pytest.param("2016-12-31T23:59:60Z", at(2017, 1, 1), id="leap-second"),
            pytest.param("2024-02-29T00:00Z", at(2024, 2, 29), id="leap-day"),
            pytest.param("0001-01-01T00:00Z", at(1, 1, 1), id="first-year"),
            pytest.param("1969-12-31T23:59:59.999999Z", -1, id="before-1970"),
        ],
    )
    def it_reads(self, text: str, expected: int) -> None:
        assert parse_time(text) == expected

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("", id="empty"),
            pytest.param("yesterday", id="words"),
            pytest.param("0000-01-01T00:00:00Z", id="year-0"),
            pytest.param("2023-02-30T00:00:00Z", id="30-february"),
            pytest.param("2023-02-29T00:00:00Z", id="no-leap-day"),
            pytest.param("2023-13-01T00:00:00Z", id="month-13"),
            pytest.param("2023-01-20T24:00:00Z", id="hour-24"),
            pytest.param("2023-01-20T14:60:00Z", id="minute-60"),
            pytest.param("2023-01-20T14:02:61Z", id="second-61"),
            pytest.param("2023-01-20T14:02:21.Z", id="dot-without-digits"),
            pytest.param("2023-01-20T14:02:21+25:00", id="offset-of-25-hours"),
            pytest.param("2023-01-20T14:02:21+01:60", id="offset-of-60-minutes"),
            pytest.param("2023-01-20T14:02:21 CET", id="named-zone"),
            pytest.param("1674223341", id="unix-time"),
            pytest.param("20230120T140221Z", id="basic-format"),
            pytest.param("٢٠٢٣-01-20T14:02:21Z", id="other-digits"),
            pytest.param("12023-01-20T14:02:21Z", id="five-digit-year"),
            pytest.param("0001-01-01T00:00:00+14:00", id="offset-before-year-1"),
            pytest.param("9999-12-31T23:59:59-14:00", id="offset-after-year-9999"),
            pytest.param("9999-12-31T23:59:60Z", id="leap-second-after-year-9999"),
        ],
    )
    def it_refuses(self, text: str) -> None:
        with pytest.raises(ValueError, match="Must be an ISO 8601 time such as 2023-"):
            parse_time(text)


class DescribeADayAlone:
    @pytest.mark.parametrize("text", ["2023-01-20", " 2023-01-20 ", "1970-01-01", "9999-12-31"])
    def it_is_told_to_lack_a_time(self, text: str) -> None:
        with pytest.raises(ValueError, match="A day alone is not enough; add a time"):
            parse_time(text)


class DescribeParseDayOrTime:
    @pytest.mark.parametrize("text", ["2023-01-20", " 2023-01-20 ", "2023-01-20T00:00Z"])
    def it_takes_a_day_as_its_first_instant(self, text: str) -> None:
        assert parse_day_or_time(text) == at(2023, 1, 20)

    def it_refuses_a_day_that_is_none(self) -> None:
        with pytest.raises(ValueError, match="ISO 8601"):
            parse_day_or_time("2023-02-30")


class DescribeFormatTime:
    @pytest.mark.parametrize(
        ("instant", "expected"),
        [
            (at(2023, 1, 20, 14, 2, 21, 168080), "2023-01-20T14:02:21.168080Z"),
            (at(2023, 1, 20, 14, 2, 21), "2023-01-20T14:02:21Z"),
            (at(1, 1, 1), "0001-01-01T00:00:00Z"),
            (at(9999, 12, 31, 23, 59, 59, 999999), "9999-12-31T23:59:59.999999Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
        ],
    )
    def it_writes_rfc_3339_in_utc(self, instant: int, expected: str) -> None:
        assert format_time(instant) == expected
        assert parse_time(expected) == instant
