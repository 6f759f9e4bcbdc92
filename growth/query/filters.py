"""The filters of GET /attribution: parameters that keep values or leave them out."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError

from growth.attribution.rules import Rules
from growth.query.parameters import Ids, OneOf, Values
from growth.query.values import READ
from growth.query.words import ALL_DIMENSIONS, LEFT_OUT, PERSON, without_sign

PAID = {"true": True, "false": False, "": None}
FILTERS: dict[str, Any] = {
    **{name: Values() for name in ALL_DIMENSIONS},
    "paid": OneOf(PAID),
    **{name: Ids() for name in (*PERSON, "session_id", "id", "order_id")},
    "status": OneOf({"open": "open", "completed": "completed"}),
    **{name: Values() for name in LEFT_OUT},
    "paid!": OneOf(PAID),
}


def read_values(valid: dict[str, Any], rules: Rules) -> None:
    """Normalise filter values by the rules, as stored values are. Raises ValidationError."""
    errors = {}
    for name in [name for name in FILTERS if name in valid and without_sign(name) in READ]:
        read = READ[without_sign(name)]
        try:
            found = [each and read(each, rules) for each in valid[name]]
            valid[name] = tuple(dict.fromkeys(found))
        except ValidationError as ex:
            errors[name] = ex.messages
    if errors:
        raise ValidationError(errors)
