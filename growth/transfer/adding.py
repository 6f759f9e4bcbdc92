"""Adds up costs that a report has in parts (devices, networks, ad groups)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from growth.transfer.formats import COUNTS
from growth.transfer.rows import Row

PARTS = ("day", "source", "medium", "campaign", "content", "currency")
"""The common fields of all parts of a cost."""


def added_up(items: Iterable[Row]) -> Iterator[Row]:
    """Costs, with those of the same day and names added up at the line of the first."""
    found: dict[Any, Row] = {}
    for line, item in items:
        names = tuple(item.get(name) for name in PARTS) if isinstance(item, dict) else line
        if names in found:
            add(found[names][1], item)
        else:
            found[names] = line, item
    yield from found.values()


def add(total: dict[str, Any], part: dict[str, Any]) -> None:
    """Add the figures of a part; what is no number makes the sum none."""
    try:
        amounts = [Decimal(each.get("amount", "")) for each in (total, part)]
        total["amount"] = str(sum(amounts))
    except (InvalidOperation, TypeError):
        total["amount"] = f"{total.get('amount')} + {part.get('amount')}"
    for name in COUNTS:
        if type(total.get(name, 0)) is type(part.get(name, 0)) is int:
            total[name] = total.get(name, 0) + part.get(name, 0)
