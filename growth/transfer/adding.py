"""Adds up costs that a report splits into several lines (by device, network or ad group)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from growth.transfer.formats import COUNTS
from growth.transfer.rows import Row

PARTS = ("day", "source", "medium", "campaign", "content", "currency")
"""Costs that agree in all these fields are parts of one cost."""


def added_up(items: Iterable[Row]) -> Iterator[Row]:
    """Replace the parts of a cost by their sum, which has the line number of the first part."""
    found: dict[Any, Row] = {}
    for line, item in items:
        names = tuple(item.get(name) for name in PARTS) if isinstance(item, dict) else line
        if names in found:
            add(found[names][1], item)
        else:
            found[names] = line, item
    yield from found.values()


def add(total: dict[str, Any], part: dict[str, Any]) -> None:
    """Add the figures of `part` to `total`.

    If an amount is not a number, the sum becomes a text that the schema refuses.
    """
    try:
        amounts = [Decimal(each.get("amount", "")) for each in (total, part)]
        total["amount"] = str(sum(amounts))
    except (InvalidOperation, TypeError):
        total["amount"] = f"{total.get('amount')} + {part.get('amount')}"
    for name in COUNTS:
        if type(total.get(name, 0)) is type(part.get(name, 0)) is int:
            total[name] = total.get(name, 0) + part.get(name, 0)
