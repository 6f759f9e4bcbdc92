"""The types of parameters of GET /attribution."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from marshmallow import ValidationError, fields

from growth.query.zones import names
from growth.schemas.ids import to_id
from growth.schemas.times import parse_day_or_time

MAX_VALUES = 100
MAX_LENGTH, MAX_ID_LENGTH = 2_048, 255
MOST_GROUPS = 10_000
SPAN = re.compile(r"([1-9]\d{0,4})([hdw])", re.ASCII)


def nearest(word: str, allowed: Iterable[str]) -> str:
    """The end of an error message, such as `; did you mean linear?`.

    It is empty if no allowed word is similar to `word`.
    """
    words = {each.lower(): each for each in allowed}
    found = get_close_matches(word.lower(), words, n=1, cutoff=0.7)
    return f"; did you mean {words[found[0]]}?" if found else ""


def not_one_of(word: str, allowed: Iterable[str]) -> ValidationError:
    allowed = list(allowed)
    message = f"'{word}' is not one of: {', '.join(each or 'nothing' for each in allowed)}"
    return ValidationError(message + (nearest(word, filter(None, allowed)) or "."))


class Choices(fields.Field[tuple[str, ...]]):
    """One or more of the allowed words, in a comma-separated list or a repeated parameter."""

    def __init__(self, allowed: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.allowed = allowed

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> tuple[str, ...]:
        given = value if isinstance(value, list) else [value]
        words = [word.strip() for each in given for word in each.split(",")]
        for word in words:
            if word not in self.allowed:
                raise not_one_of(word, self.allowed)
        return tuple(dict.fromkeys(words))


class Choice(Choices):
    """Exactly one of the allowed words."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        words = super()._deserialize(value, *args, **kwargs)
        if len(words) != 1:
            raise ValidationError(f"Give one of: {', '.join(self.allowed)}.")
        return words[0]


class Values(fields.Field[tuple[Any, ...]]):
    """Values to filter by.

    If the parameter is repeated, it stands for any of the values. An empty value means "has none".
    """

    shortest, longest = 0, MAX_LENGTH

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        given = value if isinstance(value, list) else [value]
        is_fine = all(self.shortest <= len(each) <= self.longest for each in given)
        if len(given) > MAX_VALUES or not is_fine:
            lengths = f"{self.shortest} to {self.longest:,} characters"
            raise ValidationError(f"Give 1 to {MAX_VALUES} values, each of {lengths}.")
        if any("\0" in each for each in given):
            raise ValidationError("Must not contain a NUL character.")
        return tuple(dict.fromkeys(self.read(each) for each in given))

    def read(self, value: str) -> Any:
        return value or None


class Ids(Values):
    """Ids to filter by. An id must not be empty."""

    shortest, longest = 1, MAX_ID_LENGTH

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        given = value if isinstance(value, list) else [value]
        return super()._deserialize([to_id(each) for each in given], *args, **kwargs)


class OneOf(Values):
    """Words to filter by, such as `true`. `allowed` maps each word to the value to filter by."""

    def __init__(self, allowed: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.allowed = allowed

    def read(self, value: str) -> Any:
        value = value.strip().lower()
        if value not in self.allowed:
            raise not_one_of(value, self.allowed)
        return self.allowed[value]


class When(fields.Field[str]):
    """A day in the question's time zone, or an instant."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            text: str = value.strip()
            parse_day_or_time(text)
        except (ValueError, AttributeError) as ex:
            message = "Must be a day or a time, such as 2023-01-20 or 2023-01-20T14:00Z."
            raise ValidationError(message) from ex
        return text


class Span(fields.Field[tuple[int, str]]):
    """The length of a period that ends now or today, as a number and a unit: 6h, 30d, 12w."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> tuple[int, str]:
        match = SPAN.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise ValidationError("Must be hours, days or weeks, such as 6h, 30d or 12w.")
        return int(match[1]), match[2]


class Zone(fields.String):
    """The IANA name of a time zone."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or value not in names():
            message = "Must be the IANA name of a time zone, such as Europe/Berlin"
            raise ValidationError(message + (nearest(str(value), names()) or "."))
        return value


class Name(fields.String):
    """The name of one event."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        name = super()._deserialize(value, *args, **kwargs).strip()
        if not name or len(name) > 100 or "\0" in name:
            raise ValidationError("Give the name of one event, of 1 to 100 characters.")
        return name


class Size(fields.Integer):
    """The number of results on a page."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        is_number = isinstance(value, str) and re.fullmatch(r"[0-9]{1,5}", value)
        if not is_number or not 1 <= int(value) <= MOST_GROUPS:
            raise ValidationError(
                "Must be a whole number from 1 to 10,000, in lists from 1 to 1,000."
            )
        return int(value)
