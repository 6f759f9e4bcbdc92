"""Makes the JSON Schema of each type of field, because apispec does not know our field classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import fields

from growth.query import parameters
from growth.reference.words import MEANINGS
from growth.schemas import fields as sent
from growth.schemas.codes import countries, currencies
from growth.schemas.urls import UrlField

JsonSchema = dict[str, Any]

TIME = {"type": "string", "format": "date-time"}
DATE = {"type": "string", "format": "date"}

KINDS: dict[type, Callable[[Any], JsonSchema]] = {
    sent.Id: lambda field: {"type": ["string", "integer"], "maxLength": field.length},
    UrlField: lambda field: limited(field.length, format="uri", pattern="^https?://"),
    sent.Text: lambda field: limited(field.length),
    sent.Currency: lambda _: {"type": "string", "enum": sorted(currencies())},
    sent.Country: lambda _: {"type": "string", "enum": sorted(countries())},
    sent.Instant: lambda _: TIME,
    sent.Day: lambda _: DATE,
    sent.Amount: lambda _: {
        "type": ["number", "string"],
        "pattern": f"^{sent.NUMBER.pattern}$",
        "exclusiveMinimum": -int(sent.MAX_VALUE),
        "exclusiveMaximum": int(sent.MAX_VALUE),
    },
    sent.Count: lambda _: {"type": "integer", "minimum": 0, "maximum": sent.MAX_COUNT},
    sent.Data: lambda _: {"type": "object"},
    parameters.Choice: lambda field: {"type": "string", "enum": list(field.allowed)},
    parameters.Choices: lambda field: several({"type": "string", "enum": list(field.allowed)}),
    parameters.OneOf: lambda field: several({"type": "string", "enum": list(field.allowed)}),
    parameters.Values: lambda field: several(limited(field.longest, minLength=field.shortest)),
    parameters.When: lambda _: {"type": "string", "anyOf": [DATE, TIME]},
    parameters.Span: lambda _: {"type": "string", "pattern": f"^{parameters.SPAN.pattern}$"},
    parameters.Zone: lambda _: limited(100),
    parameters.Name: lambda _: limited(100, minLength=1),
    parameters.Size: lambda _: {
        "type": "integer",
        "minimum": 1,
        "maximum": parameters.MOST_GROUPS,
    },
    fields.String: lambda _: {"type": "string"},
}
"""For each class of field, a function that makes the JSON Schema of a field.

A class without a function uses the function of its nearest base class.

Patterns need `^` and `$`, because without them JSON Schema accepts a match anywhere in a text.
"""


def limited(length: int, **more: Any) -> JsonSchema:
    return {"type": "string", "maxLength": length, **more}


def several(item: JsonSchema) -> JsonSchema:
    return {"type": "array", "items": item, "minItems": 1, "maxItems": parameters.MAX_VALUES}


def kind_of(field: fields.Field[Any]) -> JsonSchema:
    """The JSON Schema of a field. Raises LookupError if KINDS has no function for the field."""
    for kind in type(field).__mro__:
        if kind in KINDS:
            return KINDS[kind](field)
    raise LookupError(f"growth/reference/kinds.py does not know {type(field).__name__}")


def as_ours(self: Any, field: fields.Field[Any], ret: JsonSchema, **kwargs: Any) -> JsonSchema:
    """An attribute function for apispec. It replaces apispec's schema of a field by our schema.

    apispec's schema would allow null, but a parameter of a URL cannot be null.
    https://apispec.readthedocs.io/en/latest/using_plugins.html#custom-fields
    """
    ret.clear()
    default = {"default": field.load_default} if isinstance(field.load_default, str | int) else {}
    return {**kind_of(field), **default, **meaning(str(field.data_key or field.name))}


def meaning(name: str) -> JsonSchema:
    """The description of a field or parameter, also of parameters such as `source!`."""
    if name.endswith("!"):
        return {"description": f"{MEANINGS[name[:-1]]} Values to leave out."}
    return {"description": MEANINGS[name]}


def repeated(self: Any, field: fields.Field[Any], ret: Mapping[str, Any]) -> JsonSchema:
    """An attribute function for apispec. It says how several values of a parameter are written.

    The values of `by`, `metrics` and `include` are joined by commas. Other parameters are repeated
    for each value.
    """
    if ret["schema"].get("type") != "array":
        return {}
    return {"style": "form", "explode": not isinstance(field, parameters.Choices)}
