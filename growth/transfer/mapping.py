"""Turns the rows of a file into items, as in the body of a POST. A layout says how."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson
from marshmallow import ValidationError

from growth.http.strict_json import BadJsonError, checked
from growth.platforms.segment import facts_of
from growth.platforms.segment_calls import read_message
from growth.platforms.segment_times import time_of_text
from growth.schemas.times import now_us
from growth.transfer.formats import AMOUNTS, COUNTS, NONE, Formats
from growth.transfer.layouts import Layout
from growth.transfer.rows import Row, Shape, column_key

SEVERAL_DAYS = "The line covers several days; break the report down by day"


@dataclass
class Mapping:
    """Makes items from the rows of a file, and counts the rows that it leaves out.

    `paths` lists the columns that may hold each field, the likeliest column first.
    """

    layout: Layout
    shape: Shape
    paths: Sequence[tuple[str, Sequence[str]]]
    formats: Formats
    left_out: int = 0

    def items(self, found: Iterable[Row]) -> Iterator[Row]:
        """Pairs of a line number and an item. The item of an unreadable row is a BadJsonError."""
        items = ((line, checked(item)) for line, row in found for item in self.items_of(row))
        return added_up(items) if self.layout.adds_up else items

    def items_of(self, row: Any) -> Iterator[Any]:
        if not isinstance(row, dict):
            yield row
        elif self.layout.messages:
            yield from self.messages_of(row)
        else:
            for each in self.spread(row):
                if self.is_left_out(each):
                    self.left_out += 1
                else:
                    yield self.item_of(each)

    def spread(self, row: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield a row for each entry of the list in the column `layout.each`.

        Each row has the values of its entry and of the other columns of `row`. Only the first row
        gets the columns in `layout.once`. If the layout has no `each`, `row` itself is yielded.
        """
        if not self.layout.each:
            yield row
            return
        inner = row.get(self.layout.each)
        around = {name: value for name, value in row.items() if name != self.layout.each}
        for each in inner if isinstance(inner, list) else ():
            if isinstance(each, dict):
                yield {**around, **each}
                around = {
                    name: value for name, value in around.items() if name not in self.layout.once
                }

    def is_left_out(self, row: dict[str, Any]) -> bool:
        """True for three kinds of rows.

        These are rows that do not match `layout.only`, rows of totals, and costs without a day.
        """
        for name, pattern in self.layout.only.items():
            if not pattern.fullmatch(str(row.get(name, ""))):
                return True
        first = str(next(iter(row.values()), ""))
        if self.layout.totals and self.layout.totals.match(first):
            return True
        days = dict(self.paths).get("day")
        return self.layout.adds_up and days is not None and self.value_of(row, days) is None

    def item_of(self, row: dict[str, Any]) -> Any:
        """Make the item of a row. Return a BadJsonError if the row is a cost of several days.

        If the layout `is_ours`, the item also has the columns that hold no field.
        """
        item: dict[str, Any] = {}
        if self.layout.is_ours:
            taken = {name for _, names in self.paths for name in names}
            item = {name: value for name, value in row.items() if name not in taken}
        for field, names in self.paths:
            value = self.value_of(row, names)
            if value is not None:
                set_field(item, field, self.formats.read(field, value))
        for field, value in self.layout.given.items():
            set_field(item, field, value)
        if "name" in item and isinstance(item["name"], str):
            item["name"] = self.layout.rename.get(item["name"], item["name"])
        if self.layout.adds_up and item.pop("until", day := item.get("day")) != day:
            return BadJsonError(SEVERAL_DAYS, orjson.dumps(row).decode())
        return item

    def value_of(self, row: dict[str, Any], names: Sequence[str]) -> Any:
        for name in names:
            value = row.get(name)
            if value is None and "." in name:
                value = member_at(row, name)
            if value not in (None, *NONE):
                return value
        return None

    def messages_of(self, row: dict[str, Any]) -> Iterator[Any]:
        """The items that a message of Segment's libraries becomes.

        Items of other kinds than `layout.messages` are left out.
        """
        message = read_message(row, {})
        received = row.get("receivedAt") or row.get("sentAt")
        try:
            items = facts_of(message, time_of_text(received) or now_us(), self.layout.consents)
        except ValidationError as ex:
            yield BadJsonError(str(ex.messages), orjson.dumps(row).decode())
            return
        wanted = [item for name, item in items if name == self.layout.messages]
        self.left_out += not wanted
        yield from wanted

    def description(self) -> Iterator[str]:
        """How the file is understood, in phrases to print before anything is stored."""
        header = {column_key(name): name for name in self.shape.header}
        from_columns = [
            f"{field} from {' or '.join(header.get(name, name) for name in names)}"
            for field, names in self.paths
        ]
        given = [f"{field} is {value}" for field, value in self.layout.given.items()]
        if any(field in AMOUNTS for field, _ in self.paths):
            yield f"decimal {'comma' if self.formats.decimal == ',' else 'point'}"
        if "day" in dict(self.paths):
            yield f"days as {self.formats.day}"
        yield ", ".join(from_columns + given) or f"{self.layout.messages}s of Segment's messages"


def member_at(row: dict[str, Any], path: str) -> Any:
    """The member at a path such as `data.plan`. If `data` is a JSON text, it is parsed first."""
    value: Any = row
    for name in path.split("."):
        if isinstance(value, str) and value[:1] == "{":
            value = Formats().read("data", value)
        value = value.get(name) if isinstance(value, dict) else None
    return value


def set_field(item: dict[str, Any], field: str, value: Any) -> None:
    """Set a field of an item. The field `data.plan` is the member `plan` of the item's data."""
    name, dot, inner = field.partition(".")
    if dot:
        outer = item.get(name)
        item[name] = {**(outer if isinstance(outer, dict) else {}), inner: value}
    else:
        item[name] = value


PARTS = ("day", "source", "medium", "campaign", "content", "currency")
"""Costs that agree in all these fields are parts of one cost."""


def added_up(items: Iterable[Row]) -> Iterator[Row]:
    """Replace the parts of a cost by their sum. The sum has the line number of the first part."""
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
