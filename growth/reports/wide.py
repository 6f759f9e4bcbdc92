"""Sums beyond 63 bits. The database sums two parts of each number; Python joins the sums."""

from __future__ import annotations

from typing import Any

from peewee import fn

MILLION = 1_000_000


def wide(number: Any) -> tuple[Any, Any]:
    """The two columns of a sum: whole millions, and the rest."""
    return fn.SUM(number / MILLION), fn.SUM(rest_of(number))


def joined(millions: int | None, rest: int | None) -> int:
    """The sum from its two columns."""
    return int(millions or 0) * MILLION + int(rest or 0)


def rest_of(number: Any) -> Any:
    """A number modulo a million. In peewee, `%` means LIKE."""
    return number - number / MILLION * MILLION
