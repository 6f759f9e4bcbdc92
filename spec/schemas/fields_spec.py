"""The kinds of fields that senders fill in."""

from decimal import Decimal
from typing import Any

import pytest
from marshmallow import ValidationError

from growth.schemas.fields import Amount, Data, Instant, Text, Url


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
        with pytest.raises(ValidationError, match="Not a valid string"):
            Text(5).deserialize(value)

    def it_says_what_it_takes(self) -> None:
        with pytest.raises(ValidationError, match="Two letters"):
            Text(5, pattern="[a-z]{2}", hint="Two letters.").deserialize("abc")


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
        assert Url().deserialize(url) == url

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
            Url().deserialize(url)

    def it_refuses_one_that_is_too_long(self) -> None:
        with pytest.raises(ValidationError, match="at most 8192 characters"):
            Url().deserialize("https://example.com/" + "a" * 8_192)


class DescribeInstant:
    @pytest.mark.parametrize("value", [1674223341, 1674223341.5, True, [], {}])
    def it_refuses_what_is_no_string(self, value: Any) -> None:
        with pytest.raises(ValidationError, match="ISO 8601 time in a string"):
            Instant().deserialize(value)


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
        with pytest.raises(ValidationError, match="Must be an object"):
            Data().deserialize(value)
