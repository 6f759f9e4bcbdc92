"""The short ways that most input takes: whatever is sent, they lead to where the long ones do."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from fuzzing import BODIES, VALUES
from hypothesis import example, given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError
from service import event, pageview

from growth.http.bodies import BadJsonError, parse, parse_plain, parse_strictly
from growth.schemas.facts import EventSchema, FactSchema, PageviewSchema

PIECES = st.sampled_from(
    [
        *("{", "}", "[", "]", ",", ":", '"', "\\", " ", "\n", "0", "-0", "1.5", "01", "1e999"),
        *('{"a":1', ',"a":2', '"a" :3', '"":', '"\\":"', "null", "true", "NaN", "-Infinity"),
        *("18446744073709551615", "18446744073709551616", "-9223372036854775809", "9" * 400),
        *("\\u0000", "\\ud800", "é", "\ud800", "\ufeff", "\x00", "\x7f", "https://e.com:80/"),
    ]
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)
SEPARATORS = st.sampled_from([(",", ":"), (", ", ": "), (" ,", " : ")])
WRITTEN = st.builds(
    lambda value, is_ascii, separators: json.dumps(
        value, ensure_ascii=is_ascii, separators=separators
    ),
    VALUES,
    st.booleans(),
    SEPARATORS,
)


def told(read: Callable[[Any], Any], given: Any) -> str:
    """What is read, to the type of each number; or what is wrong."""
    try:
        return repr(read(given))
    except (BadJsonError, ValidationError) as ex:
        return f"{ex!r}"


class DescribeJson:
    @settings(max_examples=1_000)
    @given(TEXTS | WRITTEN)
    @example('{"a":1,"a":2,"b":"\\":"}')
    @example('{"a":1,"a" :2,"b":"\\":"}')
    @example('{"a":{"b":1,"b":2},"c":":"}')
    @example("[" * 1_000 + "]" * 1_000)
    def it_is_read_as_strictly(self, text: str) -> None:
        body = text.encode("utf-8", "surrogatepass")

        assert told(parse, body) == told(parse_strictly, body)

    @pytest.mark.parametrize(
        "value",
        [
            pageview(id="1", url="https://e.com:80/?q={a:1}", referrer_url="https://ü.example/"),
            [event(value=1.5, data={"a": [1, {"b": None}]}), pageview()],
        ],
    )
    def it_is_read_the_short_way_when_nothing_is_odd(self, value: Any) -> None:
        assert parse_plain(json.dumps(value, ensure_ascii=False).encode()) == value


class DescribeAnItem:
    @pytest.mark.parametrize("schema", [PageviewSchema(), EventSchema()])
    @settings(max_examples=500)
    @given(item=BODIES)
    @example(item=event(currency="jpy", value="12.5", country="de", data={"b": 1, "a": 2}))
    @example(item=event(fingerprint=" ", user_id="0"))
    @example(item=pageview(country="de", created_at="2023-01-20 14:02:21.16808 UTC"))
    def it_is_read_as_by_its_schema(self, schema: FactSchema, item: Any) -> None:
        def sorted_by_name(read: dict[str, Any]) -> list[tuple[str, Any]]:
            return sorted(read.items())

        assert told(lambda each: sorted_by_name(schema.read(each)), item) == told(
            lambda each: sorted_by_name(schema.load(each)), item
        )
