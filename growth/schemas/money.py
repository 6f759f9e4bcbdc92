"""Converts money to and from minor units, with the decimal places of ISO 4217."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from growth.schemas.codes import currencies

NO_CURRENCY = 6
"""A value without a currency is stored with this many decimal places."""

UNKNOWN = 2
"""Decimal places of a code that is no currency. Earlier versions of growth stored such codes."""


def places_of(currency: str | None) -> int:
    return NO_CURRENCY if currency is None else currencies().get(currency, UNKNOWN)


def to_minor(amount: Decimal, currency: str | None) -> int:
    """The amount in whole minor units, with halves rounded to even: 9.99 EUR are 999."""
    return int(amount.scaleb(places_of(currency)).to_integral_value(ROUND_HALF_EVEN))


def from_minor(units: int, currency: str | None) -> float:
    """The amount as a number for JSON."""
    number: float = units / 10 ** places_of(currency)
    return number
