"""Makes the JSON of items. Each item has an id, so it counts once even if it is sent twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4


def made_item(fields: Mapping[str, Any]) -> tuple[str, str]:
    """The id and the JSON of an item.

    Raises TypeError for a value of a type that JSON lacks, and ValueError for NaN and infinity.
    """
    item = {"id": uuid4().hex, "created_at": datetime.now(UTC)}
    item |= {name: value for name, value in fields.items() if value is not None}
    return str(item["id"]), json.dumps(item, default=as_text, allow_nan=False)


def as_text(value: Any) -> str:
    """Convert a date or datetime to ISO 8601, and a Decimal or UUID to a text.

    Raises TypeError for other types.
    """
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be sent as JSON")
