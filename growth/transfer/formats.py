"""Converts numbers, days and times in files to the formats that a POST accepts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from growth.schemas.times import format_time

AMOUNTS = ("amount", "value")
COUNTS = ("clicks", "impressions")
DAYS = ("day", "until")
TIMES = ("created_at", "timestamp")

NONE = ("--", "\u2013", "\u2014")
"""Signs that reports write in place of a missing value."""

AROUND = re.compile(r"[\s\u00a0\u202f'\u2019]|^[€$£¥]|[€$£¥]$")
"""Characters to remove from numbers: spaces, apostrophes between thousands, currency signs."""

GROUPED = {
    ".": re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?"),
    ",": re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?"),
}
"""For each decimal sign, a pattern of the numbers that `plain_number` has to rewrite."""

WHOLE = re.compile(r"\d{1,3}([.,]\d{3})+|\d+")
EPOCH = {10: 1_000_000, 13: 1_000, 16: 1}
"""For times that are numbers: how many digits a number has, and the microseconds in its unit.

A time of 10 digits is in seconds, of 13 digits in milliseconds, and of 16 digits in microseconds.
"""


@dataclass(frozen=True, slots=True)
class Formats:
    """The formats of numbers and days in a file."""

    decimal: str = "."
    day: str = "%Y-%m-%d"

    def read(self, name: str, value: Any) -> Any:
        """Convert the value of the field `name` to the format that a POST accepts.

        A value that cannot be converted stays unchanged.
        """
        if name in TIMES and (type(value) is int or (type(value) is str and value.isdecimal())):
            return time_of_epoch(value)
        if type(value) is not str:
            return value
        if name in AMOUNTS:
            return plain_number(value, self.decimal)
        if name in COUNTS:
            return count_of(value)
        if name in DAYS:
            return iso_day(value, self.day)
        if name == "data" and value[:1] == "{":
            return object_of(value)
        return value


def time_of_epoch(value: int | str) -> Any:
    unit = EPOCH.get(len(str(value)))
    return format_time(int(value) * unit) if unit else value


def plain_number(text: str, decimal: str) -> str:
    """The number with a decimal point and without separators of thousands.

    >>> plain_number("1.204,17", ",")
    '1204.17'
    """
    bare = AROUND.sub("", text)
    if not GROUPED[decimal].fullmatch(bare):
        return bare
    thousands = "," if decimal == "." else "."
    return bare.replace(thousands, "").replace(decimal, ".")


def count_of(text: str) -> Any:
    bare = AROUND.sub("", text)
    if len(bare) > 18 or not WHOLE.fullmatch(bare):
        return text
    return int(bare.replace(",", "").replace(".", ""))


def iso_day(text: str, pattern: str) -> str:
    """Write a day as 2026-11-20. Return `text` itself if it does not match the pattern."""
    day = read_day(text, pattern)
    return day.isoformat() if day else text


def read_day(text: str, pattern: str) -> date | None:
    try:
        return datetime.strptime(text, pattern).date()
    except ValueError:
        return None


def object_of(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def decimal_of(texts: Iterable[str], otherwise: str) -> str:
    """The decimal sign of most amounts, or `otherwise` if `sign_of` finds none."""
    signs = Counter(sign for text in texts if (sign := sign_of(AROUND.sub("", text))))
    return max(signs, key=lambda sign: signs[sign]) if signs else otherwise


def sign_of(text: str) -> str | None:
    """The decimal sign of an amount. None if it is not certain, as in 1204, 1,204 and 1.204.

    >>> sign_of("1.204,17"), sign_of("12.5"), sign_of("1.204.000")
    (',', '.', ',')
    """
    found = re.findall(r"[.,]", text)
    if not found:
        return None
    if len(found) > 1:
        return found[-1] if found[-1] != found[0] else ".,"[found[0] == "."]
    return None if re.fullmatch(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", text) else str(found[0])


def day_pattern(texts: Collection[str], patterns: Sequence[str]) -> str:
    """The pattern that most of the days match. If two match equally many, the first of them."""
    return max(patterns, key=lambda each: sum(read_day(text, each) is not None for text in texts))
