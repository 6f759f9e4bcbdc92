"""The kinds of settings, each with its limits."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from marshmallow import ValidationError, fields, validate

ORIGIN = re.compile(
    r"https?://[a-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-f:.]+\](:\d{1,5})?", re.ASCII
)


class Words(fields.String):
    """A comma-separated list; empty means none."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        words = super()._deserialize(value, *args, **kwargs).split(",")
        return tuple(word.strip() for word in words if word.strip())


class File(fields.String):
    """The path of a file that is there; empty means none."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not value:
            return None
        if not Path(value).is_file():
            raise ValidationError("Must be the path of a file that is there.")
        return Path(value)


def whole(low: int, high: int) -> fields.Integer:
    return fields.Integer(
        validate=validate.Range(low, high),
        error_messages={"invalid": f"Must be a whole number from {low} to {high}."},
    )


class Origins(Words):
    """A comma-separated list of origins, as browsers send them."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        words = super()._deserialize(value, *args, **kwargs)
        origins = tuple(word.lower().removesuffix("/") for word in words)
        if not all(map(ORIGIN.fullmatch, origins)):
            raise ValidationError("Each must be an origin such as https://www.example.com.")
        return origins
