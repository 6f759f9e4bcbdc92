"""Writes answers as CSV (RFC 4180) for spreadsheets. Each nested member gets its own column."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

CSV = "text/csv"

Path = tuple[str, ...]
"""The names of the nested members that lead to a value, outermost first.

`("revenue", "EUR")` is the column `revenue_EUR`.
"""

AS_JSON = "data"
"""The member `data` of an event becomes one cell with JSON.

Senders choose the names in it, so a column for each name could mean any number of columns.
"""

FORMULA = re.compile(r"\s*[=+\-@\uff0b\uff0d\uff1d\uff20]|[\t\r\n]")
"""The start of texts that spreadsheets take for formulas.

It is a tab, a line break, or a sign such as `=`, also after spaces or in its full-width form.

https://owasp.org/www-community/attacks/CSV_Injection
"""


def to_csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The rows of an answer as CSV, after a line with the names of columns.

    Without rows, the CSV is empty.

    >>> to_csv([{"source": "google", "revenue": {"EUR": 2.5}}])
    b'source,revenue_EUR\\r\\ngoogle,2.5\\r\\n'
    """
    if not rows:
        return b""
    cells = [dict(flat(row)) for row in rows]
    text = io.StringIO()
    table = csv.writer(text)
    paths = columns(cells)
    table.writerow("_".join(path) for path in paths)
    table.writerows([shown(row.get(path)) for path in paths] for row in cells)
    return text.getvalue().encode("utf-8", "replace")


def flat(row: Mapping[str, Any], outer: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The values of a row with their paths."""
    for name, value in row.items():
        if isinstance(value, Mapping) and name != AS_JSON:
            yield from flat(value, (*outer, name))
        else:
            yield (*outer, name), value


def columns(cells: Sequence[Mapping[Path, Any]]) -> list[Path]:
    """The paths that occur in the rows. Paths that begin with the same name are side by side.

    If a member is null in one row and an object in another, only the members of the object are
    columns.
    """
    found = dict.fromkeys(path for row in cells for path in row)
    outer = {path[:depth] for path in found for depth in range(1, len(path))}
    places = {name: place for place, name in enumerate(dict.fromkeys(path[0] for path in found))}
    return sorted((path for path in found if path not in outer), key=lambda path: places[path[0]])


def shown(value: Any) -> Any:
    """A value as a cell. Lists and objects become JSON. A `'` is put before formulas."""
    if isinstance(value, str):
        return f"'{value}" if FORMULA.match(value) else value
    is_json = isinstance(value, bool | list | tuple | Mapping)
    return orjson.dumps(value).decode() if is_json else value
