"""Writes rows as CSV with a fixed header, or as NDJSON (one JSON object per line)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

import orjson

from growth.http.sheets import shown
from growth.reports.clicks import ENDS

CLICK = (
    *("at", "channel", "source", "medium", "campaign", "content", "term", "paid"),
    *("landing_page", "url", "referrer_url", "click_ids"),
)
CREDITED = (*CLICK, "seconds_before")

COLUMNS: dict[str, tuple[str, ...]] = {
    "conversions": (
        *("id", "event", "occurred_at", "user_id", "fingerprint", "order_id"),
        *("value", "refunded", "currency"),
        *("time_to_convert", "visits_before", "pages_before", "pages_after"),
        *("revision", "changed_at", "retracted"),
        *(f"{end}_{name}" for end in ENDS for name in CREDITED),
    ),
    "visits": (
        *("id", "fingerprint", "user_id", "status", "last_at", "duration", "pageviews"),
        *("is_first", "country", *CLICK),
    ),
    "pageviews": (
        *("id", "created_at", "fingerprint", "user_id", "url", "referrer_url", "country"),
    ),
    "events": (
        *("id", "name", "created_at", "fingerprint", "user_id", "session_id", "order_id"),
        *("category", "country", "value", "currency", "data"),
    ),
    "costs": (
        *("day", "source", "medium", "campaign", "content", "amount", "currency"),
        *("clicks", "impressions"),
    ),
}
"""The columns of CSV for each kind of row. The CSV of GET /attribution uses the same names."""

Rows = Iterable[Mapping[str, Any]]


def write_ndjson(what: str, rows: Rows, out: TextIO) -> None:
    for row in rows:
        out.write(orjson.dumps(row).decode() + "\n")


def write_csv(what: str, rows: Rows, out: TextIO) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS[what])
    for row in rows:
        writer.writerow([cell(what, row, column) for column in COLUMNS[what]])


def cell(what: str, row: Mapping[str, Any], column: str) -> Any:
    """The content of a cell. A `'` comes before a text that a spreadsheet would run as a formula.

    The texts of costs stay as they are, because `growth import costs` reads them.
    """
    value = value_at(row, column)
    return value if what == "costs" else shown(value)


def value_at(row: Mapping[str, Any], column: str) -> Any:
    for end in ENDS:
        if column.startswith(f"{end}_"):
            return row[end] and row[end][column.removeprefix(f"{end}_")]
    return row[column]


WRITERS = {"csv": write_csv, "ndjson": write_ndjson}
