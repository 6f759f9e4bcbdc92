"""Conversions with their clicks and the `data` of their events, for ad platforms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from growth.database.compiled import select_joined
from growth.database.statements import value_rows
from growth.database.tables import ConversionRecord, EventRecord
from growth.database.tables.conversion import latest_change
from growth.ledger.records import subject_of
from growth.reports.clicks import Touch, touches_of
from growth.reports.conversions import matching
from growth.reports.paging import listed
from growth.schemas.money import from_minor
from growth.schemas.times import format_time
from growth.transfer.export import Export

HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
"""A SHA-256 hash in the form that ad platforms accept."""


@dataclass(slots=True)
class Tally:
    """The number of conversions written, and the number left out for each reason."""

    written: int = 0
    left_out: Counter[str] = field(default_factory=Counter)

    def lines(self) -> Iterator[str]:
        yield f"{self.written} written"
        for why, number in sorted(self.left_out.items()):
            yield f"{number} left out: {why}"


@dataclass(frozen=True, slots=True)
class Sale:
    """A conversion, the clicks that earn credit for it, and the `data` of its event."""

    record: Any
    touches: list[Touch]
    data: Mapping[str, Any]

    @property
    def order_id(self) -> str:
        """The id to send to a platform: the `order_id` of the conversion, else its digest."""
        order_id: str = self.record.order_id or self.record.digest
        return order_id

    @property
    def value(self) -> float | None:
        """The value of the conversion. None if it has no value or no currency."""
        has_money = self.record.value is not None and self.record.currency is not None
        return from_minor(self.record.value, self.record.currency) if has_money else None

    def click(self, click_id: str) -> tuple[str, int] | None:
        """The value of the URL parameter `click_id`, such as `gclid`, and its click's time.

        If several clicks have the parameter, the latest counts. The time is in microseconds.
        None if no click has the parameter.
        """
        for touch in sorted(self.touches, key=lambda each: each.click.started_at, reverse=True):
            found = dict(orjson.loads(touch.click.click_ids)).get(click_id)
            if found:
                return found, touch.click.started_at
        return None

    def text(self, name: str) -> str:
        value = self.data.get(name)
        return value if isinstance(value, str) else ""

    def hashed(self, name: str) -> str:
        """The value of `name` in `data` if it is a hash, else an empty text."""
        value = self.text(name).lower()
        return value if HASH.fullmatch(value) else ""


def sales(export: Export) -> Iterator[Sale]:
    """Conversions sorted by time. With `changed_since`, retracted conversions are included."""
    record = ConversionRecord
    for query in export.pages(include="touches"):
        as_of = query.position[2] if query.position else latest_change()
        export.as_of = format_time(as_of) if as_of else None
        rows = matching(query)
        found, export.following = listed(rows, record.occurred_at, record.digest, query, as_of)
        touches, data = touches_of(found, query), data_of(found)
        for each in found:
            yield Sale(each, touches.get(each.digest, []), data.get(each.digest, {}))


def data_of(found: Iterable[Any]) -> dict[str, dict[str, Any]]:
    """The `data` of the events of conversions, keyed by the digests of the conversions."""
    keys = [(subject_of(each), each.occurred_at, each.digest) for each in found]
    if not keys:
        return {}
    asked, event = value_rows(keys, "subject", "created_at", "digest"), EventRecord
    is_its = (
        (event.subject == asked.c.subject)
        & (event.created_at == asked.c.created_at)
        & (event.digest == asked.c.digest)
    )
    rows = select_joined(asked, event, is_its, event.digest, event.data)
    with_data = rows.where(event.data.is_null(False)).tuples()
    loaded = ((digest, orjson.loads(data)) for digest, data in with_data)
    return {digest: data for digest, data in loaded if isinstance(data, dict)}


def is_sold_otherwise(sale: Sale) -> bool:
    """Whether the person of a retracted conversion has another conversion for the same order."""
    record = ConversionRecord
    if sale.record.order_id is None:
        return False
    same = (record.owner == sale.record.owner) & (record.order_id == sale.record.order_id)
    return bool(record.select().where(same, record.is_conversion).exists())
