"""Money in minor units, by ISO 4217."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

MINOR_UNITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
"""Currencies whose minor unit is not a hundredth: decimal places → codes (ISO 4217:2015)."""

PLACES = {code: places for places, codes in MINOR_UNITS.items() for code in codes.split()}
NO_CURRENCY = 6
"""Decimal places kept of a value without a currency."""


def places_of(currency: str | None) -> int:
    return NO_CURRENCY if currency is None else PLACES.get(currency, 2)


def to_minor(amount: Decimal, currency: str | None) -> int:
    """The amount in whole minor units, halves to even: 9.99 EUR are 999."""
    return int(amount.scaleb(places_of(currency)).to_integral_value(ROUND_HALF_EVEN))


def from_minor(units: int, currency: str | None) -> float:
    """The amount as a number for JSON."""
    number: float = units / 10 ** places_of(currency)
    return number
