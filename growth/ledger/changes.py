"""The time of the latest change of a conversion."""

from __future__ import annotations

from peewee import fn

from growth.database.tables import ConversionRecord


def latest_change() -> int:
    """The instant of the latest change, in microseconds; 0 if there was none."""
    latest: int | None = ConversionRecord.select(fn.MAX(ConversionRecord.changed_at)).scalar()
    return latest or 0
