"""The kinds of settings. Each kind reads the text of a variable or refuses it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import field
from pathlib import Path
from typing import Any

from marshmallow import ValidationError, validate
from marshmallow.fields import Field, Float, Function, Integer, String


def words(text: str) -> tuple[str, ...]:
    """The words in a text that are separated by commas or line breaks."""
    return tuple(word.strip() for word in re.split("[,\n]", text) if word.strip())


def list_of(read: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    """A function that splits a text into words and calls `read` for each word."""
    return lambda text: tuple(map(read, words(text)))


def existing_file(text: str) -> Path | None:
    if text and not Path(text).is_file():
        raise ValueError("Must be the path of an existing file.")
    return Path(text) if text else None


def return_path(text: str) -> str:
    if not re.fullmatch(r"/[^*]*\*?", text):
        raise ValueError("Each path must begin with / and may end in *, such as /welcome*.")
    return text


def event_names(text: str) -> tuple[str, ...]:
    if not words(text):
        raise ValueError("Must name at least one event.")
    return words(text)


def pattern(pattern: str, allowed: str) -> Field[Any]:
    return String(validate=validate.Regexp(rf"({pattern})\Z", error=f"Must be {allowed}."))


def in_range(low: float, high: float, kind: type[Integer | Float] = Integer) -> Field[Any]:
    whole = "whole " if kind is Integer else ""
    error = f"Must be a {whole}number from {low} to {high}."
    return kind(validate=validate.Range(low, high, error=error), error_messages={"invalid": error})


def setting(read: Field[Any] | Callable[[str], Any], secret: bool = False) -> Any:
    """A field of Settings. `read` turns the text of the variable into the value.

    If `secret` is set, the value is never shown.
    """
    kind = (
        read
        if isinstance(read, Field)
        else Function(deserialize=lambda text: read_or_refuse(read, text))
    )
    return field(repr=not secret, metadata={"kind": kind})


def read_or_refuse(read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text)
    except ValueError as ex:
        raise ValidationError(str(ex)) from ex
