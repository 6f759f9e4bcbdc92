"""The kinds of fields that senders fill in, each with its limits."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import orjson
from marshmallow import ValidationError, fields

from growth.schemas.times import parse_time

URL_LENGTH = 8_192
MAX_VALUE = Decimal(10) ** 12
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([Ee][+-]?\d{1,3})?", re.ASCII)


class Text(fields.String):
    """A string of at most `length` characters, trimmed."""

    def __init__(self, length: int, pattern: str = "", hint: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.length, self.pattern, self.hint = length, re.compile(pattern, re.ASCII), hint

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        text = value if type(value) is str else super()._deserialize(value, *args, **kwargs)
        text = text.strip()
        if self.hint and not self.pattern.fullmatch(text):
            raise ValidationError(self.hint)
        if len(text) > self.length:
            raise ValidationError(f"Must be at most {self.length} characters long.")
        return text


class Code(Text):
    """A code of letters, told in capitals."""

    def __init__(self, pattern: str, hint: str, **kwargs: Any) -> None:
        super().__init__(3, pattern, hint, **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return super()._deserialize(value, *args, **kwargs).upper()


class Id(Text):
    """A text, or a whole number, which keeps every digit."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        return super()._deserialize(str(value) if is_whole else value, *args, **kwargs)


class Url(Text):
    """An absolute http or https URL."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(length=URL_LENGTH, **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, *args, **kwargs)
        try:
            parts = urlsplit(text)
            is_absolute = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            is_absolute = False
        if not is_absolute:
            raise ValidationError("Must be an absolute http or https URL with a host.")
        return text


class Instant(fields.Field[int]):
    """An ISO 8601 time, as microseconds since 1970 UTC."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> int:
        if not isinstance(value, str):
            raise ValidationError("Must be an ISO 8601 time in a string.")
        try:
            return parse_time(value)
        except ValueError as ex:
            raise ValidationError(str(ex)) from ex


class Amount(fields.Field[Decimal]):
    """A number, or a decimal number in a string."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValidationError("Must be a number or a decimal number in a string.")
        text = str(value).strip()
        if not NUMBER.fullmatch(text):
            raise ValidationError("Must be a number or a decimal number in a string.")
        amount = Decimal(text)
        if abs(amount) >= MAX_VALUE:
            raise ValidationError(f"Must be between -{MAX_VALUE:f} and {MAX_VALUE:f}.")
        return amount


class Data(fields.Field[str]):
    """An object of the sender's own, kept as JSON text."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        if not isinstance(value, dict):
            raise ValidationError("Must be an object.")
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
