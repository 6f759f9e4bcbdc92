"""Cases of orders and refunds with results computed by hand, which check the oracle itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from model import Event
from model_credit import DAY


def did(day: int, name: str, value: Any = None, order: str | None = "A", **more: Any) -> Event:
    """An event of Ada on a day. Its currency is EUR unless another is given."""
    amount = None if value is None else Decimal(value)
    currency = more.pop("currency", None if value is None else "EUR")
    told = {"user": "ada", "id": f"{name}-{day}-{value}", **more}
    return Event(name, day * DAY, value=amount, currency=currency, order=order, **told)


PURCHASE = did(1, "purchase", "10")

ORDERS: list[tuple[str, list[Event], list[tuple[int, int | None, str | None]]]] = [
    ("an order once", [PURCHASE, did(2, "purchase", "10")], [(1, 1000, "EUR")]),
    ("by name", [PURCHASE, did(2, "lead", "3")], [(1, 1000, "EUR"), (2, 300, "EUR")]),
    ("names in any case", [PURCHASE, did(2, "Purchase", "10")], [(1, 1000, "EUR")]),
    ("at the first value", [did(0, "purchase"), PURCHASE], [(0, 1000, "EUR")]),
    (
        "no order",
        [did(d, "purchase", order=None) for d in (1, 2)],
        [(1, None, None), (2, None, None)],
    ),
    ("a signup", [did(1, "signup", order=None), did(2, "signup", "5", None)], [(1, None, None)]),
    ("all refunded", [PURCHASE, did(2, "refund")], [(1, 0, "EUR")]),
    ("before it", [did(0, "refund"), PURCHASE], [(1, 0, "EUR")]),
    ("a part", [PURCHASE, did(2, "refund", "3"), did(3, "refund", "-4")], [(1, 300, "EUR")]),
    ("too much", [PURCHASE, did(2, "refund", "30")], [(1, 0, "EUR")]),
    ("no currency", [PURCHASE, did(2, "refund", "3", currency=None)], [(1, 700, "EUR")]),
    ("another currency", [PURCHASE, did(2, "refund", "3", currency="JPY")], [(1, 1000, "EUR")]),
    ("another order", [PURCHASE, did(2, "refund", "3", "B")], [(1, 1000, "EUR")]),
    (
        "each id once",
        [PURCHASE, *(did(day, "refund", "3", id="r-1") for day in (2, 3))],
        [(1, 700, "EUR")],
    ),
    (
        "off the earliest with a value",
        [did(0, "trial"), PURCHASE, did(2, "lead", "5"), did(3, "refund")],
        [(0, None, None), (1, 0, "EUR"), (2, 500, "EUR")],
    ),
    (
        "another person's",
        [PURCHASE, did(2, "refund", user="bob")],
        [(1, 1000, "EUR")],
    ),
]
"""The name of each case, its events, and its conversions: day, value in minor units, currency."""
