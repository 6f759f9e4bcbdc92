"""Statements on persons, and on their conversions and credits."""

from __future__ import annotations

from typing import Any

from peewee import fn

from growth.database.compiled import (
    Rows,
    deleted,
    deleted_by,
    parameter_rows,
    rows_with,
    select_joined,
    upsert,
)
from growth.database.statements import fields
from growth.database.tables import (
    ConversionRecord,
    CreditRecord,
    PersonRecord,
)


def conversions_between() -> Any:
    given, record = parameter_rows("owner", "since", "until"), ConversionRecord
    is_within = (record.owner == given.c.owner) & record.occurred_at.between(
        given.c.since, given.c.until
    )
    return select_joined(given, record, is_within, *fields(record))


def earliest() -> Any:
    """For each given owner and event name, the earliest filed event.

    If several events share the earliest time, all of them are found.
    """
    given, record, same = (
        parameter_rows("owner", "event"),
        ConversionRecord,
        ConversionRecord.alias(),
    )
    first = same.select(fn.MIN(same.occurred_at)).where(
        same.owner == given.c.owner, same.event == given.c.event
    )
    is_first = (
        (record.owner == given.c.owner)
        & (record.event == given.c.event)
        & (record.occurred_at == first)
    )
    columns = record.owner, record.event, record.occurred_at, record.digest
    return select_joined(given, record, is_first, *columns)


def delete_idle() -> Any:
    """Delete the given persons who have no filed event. Persons with `is_kept` stay."""
    filed = ConversionRecord.select(ConversionRecord.owner).where(
        ConversionRecord.owner == PersonRecord.owner
    )
    return deleted(PersonRecord, ~fn.EXISTS(filed), ~PersonRecord.is_kept)


PERSONS = Rows(lambda: rows_with(PersonRecord, "owner"))
CONVERSIONS_BETWEEN = Rows(conversions_between)
CONVERSIONS_OF_ORDERS = Rows(
    lambda: rows_with(ConversionRecord, "owner", "order_id").where(
        ConversionRecord.order_id.is_null(False)  # so that SQLite uses the partial index
    )
)
CONVERSIONS = Rows(lambda: rows_with(ConversionRecord, "digest"))
EARLIEST = Rows(earliest)
CREDITS = Rows(lambda: rows_with(CreditRecord, "owner", "conversion"))
UPSERT_PERSONS = Rows(lambda: upsert(PersonRecord))
UPSERT_CONVERSIONS = Rows(lambda: upsert(ConversionRecord))
UPSERT_CREDITS = Rows(lambda: upsert(CreditRecord))
DELETE_IDLE = Rows(delete_idle)
DELETE_CONVERSIONS = Rows(lambda: deleted(ConversionRecord))
DELETE_CREDITS = Rows(lambda: deleted(CreditRecord))
DELETE_CREDITS_OF = Rows(lambda: deleted_by(CreditRecord, ["owner", "conversion"]))
