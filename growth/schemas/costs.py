"""Checks the items of a request that sends costs, and makes facts of them."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError

from growth.attribution.facts import DAY, Cost
from growth.schemas.fields import Amount, Count, Currency, Day, Text
from growth.schemas.items import ItemSchema, Notes
from growth.schemas.money import to_minor

NAME_LENGTH = 255
MOST_DAYS_AHEAD = 2 * 365 + 1


class CostSchema(ItemSchema):
    """The fields of a cost. A cost without a medium gets the medium `cpc`."""

    day = Day(required=True)
    source = Text(NAME_LENGTH, required=True)
    medium = Text(NAME_LENGTH, load_default="cpc")
    campaign = Text(NAME_LENGTH, load_default="")
    content = Text(NAME_LENGTH, load_default="")
    amount = Amount(required=True)
    currency = Currency(required=True)
    clicks = Count()
    impressions = Count()


SCHEMA = CostSchema()


def load_cost(
    item: Any, received_at: int, notes: Notes | None = None, fallback_id: str | None = None
) -> Cost:
    """The cost in an item that was received at `received_at`. Raises ValidationError.

    `fallback_id` is ignored, because a cost has no id. A cost is identified by its day, source,
    medium, campaign and content.
    """
    if notes is not None:
        notes.ignored |= SCHEMA.ignored(item)
    valid: dict[str, Any] = SCHEMA.load(item)
    if valid["day"] > received_at // DAY + MOST_DAYS_AHEAD:
        raise ValidationError({"day": ["Must not be more than two years in the future."]})
    valid["amount"] = to_minor(valid["amount"], valid["currency"])
    return Cost(**valid | {name: valid[name].lower() for name in ("source", "medium")})
