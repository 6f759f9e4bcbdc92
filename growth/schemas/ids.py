"""Reads ids in bodies, in queries and on the command line."""

from __future__ import annotations

from typing import Any

from growth.attribution.identity import MISTAKES


def to_id(value: Any) -> str:
    """A text without the spaces around it, or a whole number as text. Else raises ValueError.

    >>> to_id(" 42 "), to_id(42)
    ('42', '42')
    """
    if type(value) not in (str, int):
        raise ValueError("Must be a string or a whole number.")
    return str(value).strip()


def is_mistake(value: Any) -> bool:
    """Whether the value is one that clients send when they have no id, such as `null` or 0."""
    return type(value) in (str, int) and str(value).strip().lower() in MISTAKES
