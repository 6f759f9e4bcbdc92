"""The kinds of fields in bodies: text, ids, currencies, countries, URLs, times and amounts."""

from decimal import Decimal
from typing import Any

import pytest
from marshmallow import ValidationError

from growth.schemas.fields import Amount, Country, Currency, Data, Id, Instant, Text
from growth.schemas.urls import UrlField


class DescribeText:
    def it_trims(self) -> None:
        assert Text(5).deserialize("  abcde\n") == "abcde"

    def it_takes_as_many_characters_as_it_may(self) -> None:
        assert Text(5).deserialize("äöüßé") == "äöüßé"

    def it_refuses_one_more(self) -> None:
        with pytest.raises(ValidationError, match="at most 5 characters"):
            Text(5).deserialize("abcdef")

    @pytest.mark.parametrize("value", [1, 1.5, True, [], {}, ["a"]])
    def it_refuses_what_is_no_string(self, value: Any) -> None:
        with pytest.raises(ValidationError, match="Must be a string"):
            Text(5).deserialize(value)


class DescribeId:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (42, "42"),
            (" 42\n", "42"),
            (-7, "-7"),
            (2**64 - 1, "18446744073709551615"),
            ("Ab", "Ab"),
        ],
    )
    def it_is_a_string_or_a_whole_number(self, value: Any, expected: str) -> None:
        assert Id(255).deserialize(value) == expected

    @pytest.mark.parametrize("value", [1.5, 42.0, True, False, [], {}, ["a"], 1e300])
    def it_refuses_what_is_neither(self, value: Any) -> None:
        with pytest.raises(ValidationError, match=r"Must be a string or a whole number\."):
            Id(255).deserialize(value)

    @pytest.mark.parametrize("value", ["x" * 256, 10**255])
    def it_has_a_limit(self, value: Any) -> None:
        with pytest.raises(ValidationError, match="at most 255 characters"):
            Id(255).deserialize(value)


class DescribeCurrency:
    @pytest.mark.parametrize(
        "code",
        ["EUR", "eur", " Usd ", "BGN", "HRK", "EEK", "DEM", "ITL", "ZWL", "CUC", "XCG", "CLF"],
    )
    def it_is_money_of_today_or_withdrawn_since_1990(self, code: str) -> None:
        assert Currency().deserialize(code) == code.strip().upper()

    @pytest.mark.parametrize(
        "code",
        ["BTC", "ETH", "USDT", "XXX", "XTS", "XAU", "XAG", "XPT", "XDR", "EURO", "E1R", "€", "978"],
    )
    def it_is_nothing_else(self, code: str) -> None:
        with pytest.raises(ValidationError, match=f"'{code}' is not a currency of ISO 4217"):
            Currency().deserialize(code)


class DescribeCountry:
    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            *[("de", "DE"), (" GB ", "GB"), ("XK", "XK"), ("ss", "SS"), ("AX", "AX"), ("TW", "TW")],
            *[("UK", "GB"), ("uk", "GB"), ("EL", "GR"), ("el", "GR")],
        ],
    )
    def it_is_known_by_its_codes(self, code: str, expected: str) -> None:
        assert Country().deserialize(code) == expected

    @pytest.mark.parametrize(
        "code", ["ZQ", "AA", "SU", "YU", "AN", "UN", "DEU", "Germany", "äö", "4"]
    )
    def it_is_nothing_else(self, code: str) -> None:
        with pytest.raises(ValidationError, match=f"'{code}' is not a country of ISO 3166-1"):
            Country().deserialize(code)


class DescribeUrl:
    @pytest.mark.parametrize(
        "url",
        [
            "https://www.example.com/en?utm_source=facebook#top",
            "http://localhost:8080",
            "HTTPS://EXAMPLE.COM/",
            "https://user:secret@example.com/",
            "https://[2001:db8::1]/",
            "https://münchen.example/straße",
            "https://example.com/a b",
        ],
    )
    def it_takes_an_absolute_url(self, url: str) -> None:
        assert UrlField().deserialize(url) == url

    @pytest.mark.parametrize(
        "url",
        [
            pytest.param("", id="empty"),
            pytest.param("/en/library", id="relative"),
            pytest.param("//www.example.com/en", id="without-scheme"),
            pytest.param("www.example.com/en", id="without-slashes"),
            pytest.param("https://", id="without-host"),
            pytest.param("https://:80/", id="port-only"),
            pytest.param("ftp://example.com/", id="ftp"),
            pytest.param("javascript:alert(1)", id="javascript"),
            pytest.param("android-app://com.example", id="app"),
            pytest.param("https://[::1/", id="broken-ipv6"),
        ],
    )
    def it_refuses(self, url: str) -> None:
        with pytest.raises(ValidationError, match="absolute http or https URL"):
            UrlField().deserialize(url)

    def it_refuses_one_that_is_too_long(self) -> None:
        with pytest.raises(ValidationError, match="at most 8192 characters"):
            UrlField().deserialize("https://example.com/" + "a" * 8_192)


class DescribeInstant:
    @pytest.mark.parametrize("value", [1674223341, 1674223341.5, True, [], {}])
    def it_refuses_what_is_no_string(self, value: Any) -> None:
        with pytest.raises(ValidationError, match="ISO 8601 time in a string"):
            Instant().deserialize(value)

    @pytest.mark.parametrize(
        "text",
        [
            "0001-01-01T00:00:00Z",
            "0025-03-03T10:00:00Z",
            "1601-01-01T00:00:00Z",
            "1753-01-01 00:00",
            "1899-12-30T00:00:00Z",
            "1900-01-01T00:00:00Z",
            "1970-01-01T00:00:00Z",
            "1970-01-01T23:59:59.999999Z",
            "1970-01-02T00:30:00+01:00",
        ],
    )
    def it_refuses_clocks_that_were_never_set(self, text: str) -> None:
        with pytest.raises(ValidationError, match="Must not be before 1970-01-02"):
            Instant().deserialize(text)

    @pytest.mark.parametrize(
        "text", ["1970-01-02T00:00Z", "1970-01-01T23:00-01:00", "1970-04-14 00:00"]
    )
    def it_takes_what_is_old(self, text: str) -> None:
        assert Instant().deserialize(text) >= 24 * 60 * 60 * 1_000_000


class DescribeAmount:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (9, "9"),
            (9.99, "9.99"),
            (0.1, "0.1"),
            ("9.99", "9.99"),
            (" +9.90 ", "9.90"),
            ("-3", "-3"),
            (".5", "0.5"),
            ("1e3", "1000"),
            (-0.0, "0"),
            (999_999_999_999.99, "999999999999.99"),
        ],
    )
    def it_takes(self, value: Any, expected: str) -> None:
        assert Amount().deserialize(value) == Decimal(expected)

    @pytest.mark.parametrize(
        "value",
        ["", "9,99", "€9.99", "1_000", "١٢", "0x10", "NaN", "Infinity", "1e9999", True, [], {}],
    )
    def it_refuses_what_is_no_number(self, value: Any) -> None:
        with pytest.raises(ValidationError, match="Must be a number or a decimal number"):
            Amount().deserialize(value)

    @pytest.mark.parametrize("value", [10**12, -(10**12), 10**4_000, "1e12", "1e999"])
    def it_refuses_what_is_out_of_range(self, value: Any) -> None:
        with pytest.raises(ValidationError, match=r"Must be between -10{12} and 10{12}"):
            Amount().deserialize(value)


class DescribeData:
    def it_keeps_an_object_as_json_text_with_its_keys_in_order(self) -> None:
        assert Data().deserialize({"b": [1.5, None, "é"], "a": {}}) == '{"a":{},"b":[1.5,null,"é"]}'

    @pytest.mark.parametrize("value", ["{}", [], 1, True])
    def it_refuses_what_is_no_object(self, value: Any) -> None:
        with pytest.raises(ValidationError, match="Must be a JSON object"):
            Data().deserialize(value)
