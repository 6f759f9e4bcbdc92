"""The schema of costs, and the facts made of what it lets through."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validate

from growth.attribution.facts import Cost
from growth.schemas.fields import Amount, Code, Text
from growth.schemas.money import to_minor
from growth.schemas.times import DATE, EPOCH

NAME_LENGTH = 255
COUNT = validate.Range(0, 10**15)


class Day(fields.Field[int]):
    """A calendar day, as days since 1970-01-01."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> int:
        try:
            if not isinstance(value, str) or not DATE.fullmatch(value):
                raise ValueError(value)
            return (date.fromisoformat(value) - EPOCH.date()).days
        except ValueError as ex:
            raise ValidationError("Must be a day such as 2023-01-20.") from ex


class CostSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    error_messages = {"type": "Must be a JSON object."}  # noqa: RUF012

    day = Day(required=True)
    source = Text(NAME_LENGTH, required=True, pattern="(?s).+", hint="Must not be empty.")
    medium = Text(NAME_LENGTH, load_default="")
    campaign = Text(NAME_LENGTH, load_default="")
    content = Text(NAME_LENGTH, load_default="")
    amount = Amount(required=True)
    currency = Code("[A-Za-z]{3}", "Must be an ISO 4217 code of three letters.", required=True)
    clicks = fields.Integer(strict=True, validate=COUNT)
    impressions = fields.Integer(strict=True, validate=COUNT)

    @pre_load
    def leave_out_nulls(self, item: Any, **kwargs: Any) -> Any:
        if not isinstance(item, dict):
            return item
        return {name: value for name, value in item.items() if value is not None}


SCHEMA = CostSchema()


def load_cost(item: Any, received_at: int) -> Cost:
    """The cost of one item, whenever it is received. Raises marshmallow's ValidationError."""
    valid: dict[str, Any] = SCHEMA.load(item)
    valid["amount"] = to_minor(valid["amount"], valid["currency"])
    return Cost(**valid | {name: valid[name].lower() for name in ("source", "medium")})
