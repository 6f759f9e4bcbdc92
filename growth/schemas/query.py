"""The grammar of GET /attribution: parameters in, a query out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validates_schema

from growth.attribution.credit import MODELS
from growth.errors import bad_query
from growth.schemas.times import format_time, parse_day_or_time

DIMENSIONS = (
    "channel",
    "source",
    "medium",
    "campaign",
    "content",
    "term",
    "paid",
    "landing_page",
    "referrer",
    "host",
    "country",
)
LISTS = ("user", "conversion")
INCLUDES = ("touches",)


@dataclass(frozen=True, slots=True)
class Query:
    """A question: `start` (inclusive) and `end` (exclusive) are in microseconds, None is open."""

    by: tuple[str, ...]
    event: str | None
    model: str
    start: int | None
    end: int | None
    user_id: tuple[str, ...]
    fingerprint: tuple[str, ...]
    changed_since: int | None
    include: tuple[str, ...]

    def as_asked(self) -> dict[str, Any]:
        """The query as the answer repeats it, defaults filled in."""
        filters = {"user_id": list(self.user_id), "fingerprint": list(self.fingerprint)}
        return {
            "by": list(self.by),
            "event": self.event,
            "model": self.model,
            "from": shown(self.start),
            "to": shown(self.end),
            "timezone": "UTC",
            "filters": {name: kept for name, kept in filters.items() if kept},
        }


class Choices(fields.Field[tuple[str, ...]]):
    """One or more words, in a comma-separated list or a repeated parameter."""

    def __init__(self, allowed: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.allowed = allowed

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> tuple[str, ...]:
        given = value if isinstance(value, list) else [value]
        words = [word.strip() for each in given for word in each.split(",")]
        for word in words:
            if word not in self.allowed:
                raise ValidationError(f"'{word}' is not one of: {', '.join(self.allowed)}.")
        return tuple(dict.fromkeys(words))


class Choice(Choices):
    """Exactly one of the words."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        words = super()._deserialize(value, *args, **kwargs)
        if len(words) != 1:
            raise ValidationError(f"Give one of: {', '.join(self.allowed)}.")
        return words[0]


class Values(fields.Field[tuple[str, ...]]):
    """Values to keep; repeated means or."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> tuple[str, ...]:
        given = value if isinstance(value, list) else [value]
        if len(given) > 100 or any(not each or len(each) > 255 for each in given):
            raise ValidationError("Give 1 to 100 values of 1 to 255 characters.")
        return tuple(given)


class When(fields.Field[int]):
    """A day or an instant."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> int:
        try:
            return parse_day_or_time(value)
        except (ValueError, AttributeError) as ex:
            raise ValidationError("Must be a day or a time: 2023-01-20, 2023-01-20T14:00Z.") from ex


class Name(fields.String):
    """The name of one event."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        name = super()._deserialize(value, *args, **kwargs)
        if not name or len(name) > 100:
            raise ValidationError("Give the name of one event, of 1 to 100 characters.")
        return name


class QuerySchema(Schema):
    class Meta:
        unknown = RAISE

    by = Choices(DIMENSIONS + LISTS)
    event = Name()
    model = Choice(tuple(MODELS), load_default="last_click")
    start = When(data_key="from", load_default=None)
    end = When(data_key="to", load_default=None)
    user_id = Values(load_default=())
    fingerprint = Values(load_default=())
    changed_since = When(load_default=None)
    include = Choices(INCLUDES, load_default=())

    @post_load
    def fill_in(self, valid: dict[str, Any], **kwargs: Any) -> Query:
        is_person = bool(valid["user_id"] or valid["fingerprint"])
        by = valid.setdefault("by", ("user",) if is_person else ("channel",))
        valid.setdefault("event", None if set(by) & set(LISTS) else "signup")
        return Query(**valid)

    @validates_schema
    def fits_together(self, valid: dict[str, Any], **kwargs: Any) -> None:
        for name, message in misfits(valid):
            raise ValidationError(message, name)


def misfits(valid: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The parameters that do not go together, each with what to do."""
    by = set(valid.get("by", ()))
    is_person = bool(valid["user_id"] or valid["fingerprint"])
    start, end = valid["start"], valid["end"]
    groups = bool(by & set(DIMENSIONS)) if by else not is_person
    rules = [
        (bool(by & set(LISTS)) and len(by) > 1, "by", "user and conversion stand alone."),
        ("user" in by and not is_person, "by", "by=user needs a user_id or a fingerprint."),
        (groups and is_person, "by", "With user_id or fingerprint, by is user or conversion."),
        (start is not None and end is not None and start >= end, "from", "Must lie before to."),
        (
            valid["changed_since"] is not None and by != {"conversion"},
            "changed_since",
            "Goes with by=conversion.",
        ),
        ("touches" in valid["include"] and groups, "include", "touches goes with lists."),
    ]
    return [(name, message) for is_wrong, name, message in rules if is_wrong]


PARAMETERS = [field.data_key or name for name, field in QuerySchema().fields.items()]


def load_query(params: Mapping[str, Any]) -> Query:
    """The query that the URL's parameters ask. Raises the 400 that names what is allowed."""
    try:
        query: Query = QuerySchema().load(params)
    except ValidationError as ex:
        raise bad_query(explained(ex.messages_dict)) from ex
    return query


def explained(messages: Mapping[str, Any]) -> dict[str, Any]:
    unknown = f"There is no such parameter; allowed are: {', '.join(PARAMETERS)}."
    return {name: told if name in PARAMETERS else [unknown] for name, told in messages.items()}


def shown(instant: int | None) -> str | None:
    return None if instant is None else format_time(instant)
