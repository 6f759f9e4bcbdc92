"""The types of input fields, each with its limits and its messages."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
from marshmallow import ValidationError, fields

from growth.attribution.facts import DAY
from growth.schemas.codes import countries, country_aliases, currencies, unknown_countries
from growth.schemas.ids import is_mistake, to_id
from growth.schemas.times import DATE, EPOCH, parse_time

MAX_VALUE = Decimal(10) ** 12
MAX_COUNT = 10**15
MAX_SHOWN = 30
"""Error messages show at most this many characters of an invalid code."""
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([Ee][+-]?\d{1,3})?", re.ASCII)
EARLIEST_DAY = 1
"""The earliest day that is accepted: 1970-01-02.

A clock that was never set shows the year 1, the year 1900 or a time on 1970-01-01.
"""

TOO_EARLY = "Must not be before 1970-01-02. Such a time comes from a clock that was never set."


class Ours(fields.Field[Any]):
    """The base of all fields, with common error messages."""

    default_error_messages = {  # noqa: RUF012
        "required": "Must be given.",
        "null": "Must not be null.",
        "invalid": "Must be true or false.",
    }

    def is_absent(self, value: Any) -> bool:
        """Whether the value is null or blank, and so counts as absent."""
        return value is None or (type(value) is str and not value.strip())


class Text(Ours, fields.String):
    """A string of at most `length` characters, trimmed."""

    def __init__(self, length: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.length = length

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if type(value) is not str:
            raise ValidationError("Must be a string.")
        text = value.strip()
        if len(text) > self.length:
            raise ValidationError(f"Must be at most {self.length} characters long.")
        return text


class Id(Text):
    """A text or a whole number. A whole number is kept as a text with all its digits."""

    def is_absent(self, value: Any) -> bool:
        return value is None or is_mistake(value)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return super()._deserialize(to_id(value), *args, **kwargs)
        except ValueError as ex:
            raise ValidationError(ex.args[0]) from ex


class Code(Ours, fields.String):
    """A code of a standard such as ISO 4217. The error message names `kind` and `example`."""

    kind = example = ""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        text = value.strip() if type(value) is str else ""
        code = self.known(text.upper())
        if code is None:
            shown = repr(text or value)[:MAX_SHOWN]
            raise ValidationError(
                f"{shown} is not a {self.kind}; send a code such as {self.example}."
            )
        return code

    def known(self, code: str) -> str | None:
        """The standard code for `code`: GB for GB and for UK. None if there is no standard code."""
        raise NotImplementedError


class Currency(Code):
    """A code of ISO 4217."""

    kind, example = "currency of ISO 4217", "EUR"

    def known(self, code: str) -> str | None:
        return code if code in currencies() else None


class Country(Code):
    """A code of ISO 3166-1. A code that stands for an unknown country counts as absent."""

    kind, example = "country of ISO 3166-1", "DE"

    def is_unknown(self, value: Any) -> bool:
        return type(value) is str and value.strip().upper() in unknown_countries()

    def is_absent(self, value: Any) -> bool:
        return super().is_absent(value) or self.is_unknown(value)

    def known(self, code: str) -> str | None:
        code = country_aliases().get(code, code)
        return code if code in countries() else None


class Instant(Ours):
    """An ISO 8601 time, as microseconds since 1970 UTC."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> int:
        if not isinstance(value, str):
            raise ValidationError("Must be an ISO 8601 time in a string.")
        try:
            at = parse_time(value)
        except ValueError as ex:
            raise ValidationError(str(ex)) from ex
        if at < EARLIEST_DAY * DAY:
            raise ValidationError(TOO_EARLY)
        return at


class Day(Ours):
    """A calendar day, as days since 1970-01-01."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> int:
        try:
            if not isinstance(value, str) or not DATE.fullmatch(value.strip()):
                raise ValueError(value)
            day = (date.fromisoformat(value.strip()) - EPOCH.date()).days
        except ValueError as ex:
            raise ValidationError("Must be a day such as 2023-01-20.") from ex
        if day < EARLIEST_DAY:
            raise ValidationError(TOO_EARLY)
        return day


class Amount(Ours):
    """A number, or a decimal number in a string."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Decimal:
        text = str(value).strip() if type(value) in (int, float, str) else ""
        if not NUMBER.fullmatch(text):
            raise ValidationError("Must be a number or a decimal number in a string.")
        amount = Decimal(text)
        if abs(amount) >= MAX_VALUE:
            raise ValidationError(f"Must be between -{MAX_VALUE:f} and {MAX_VALUE:f}.")
        return amount


class Count(Ours, fields.Integer):
    """A whole number that counts things, such as clicks."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> int:
        if type(value) is not int or not 0 <= value <= MAX_COUNT:
            raise ValidationError(f"Must be a whole number from 0 to {MAX_COUNT}.")
        return value


class Flag(Ours, fields.Boolean):
    """True or false, in any form that marshmallow accepts, such as `1` or "yes"."""


class Data(Ours):
    """A JSON object with any content, kept as JSON text."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        if not isinstance(value, dict):
            raise ValidationError("Must be a JSON object.")
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
