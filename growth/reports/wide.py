"""Sums that may not fit 63 bits: databases add up two parts of each number, Python joins them."""

from __future__ import annotations

from typing import Any

from peewee import fn

MILLION = 1_000_000


def wide(number: Any) -> tuple[Any, Any]:
    """The columns that sum a number: whole millions, and what is left of it."""
    return fn.SUM(number / MILLION), fn.SUM(rest_of(number))


def joined(millions: int | None, rest: int | None) -> int:
    """The sum that the two columns hold."""
    return int(millions or 0) * MILLION + int(rest or 0)


def rest_of(number: Any) -> Any:
    """What whole millions leave of a number; peewee reads % as LIKE."""
    return number - number / MILLION * MILLION
