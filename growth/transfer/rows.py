"""Reads the rows of a file: records of CSV, lines of JSON, or the items of a JSON document."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TextIO

from growth.http.strict_json import BadJsonError, parse
from growth.transfer.files import BadFileError, File

DELIMITERS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars"}
FIRST_LINES = 50
"""Number of lines at the start of a file in which the header is looked for."""

MOST_CHARACTERS = 256 * 1024 * 1024
"""A JSON document may have at most this many characters, because it is read as a whole."""

CURRENCY = re.compile(r"\s*\(([A-Z]{3})\)$")
"""A currency at the end of a column's name, as in `Amount spent (EUR)`."""

TWICE = '; put the value in quotes, and double each quote in it: "a ""b"" c"'

Row = tuple[int, Any]
"""The number of the line on which a row begins, and the values of the row, keyed by column.

A row that cannot be read has a BadJsonError in place of values.
"""


@dataclass(frozen=True, slots=True)
class Shape:
    """The format of a file. `kind` is `CSV`, `JSON` or `lines of JSON`."""

    kind: str
    delimiter: str = ""
    header: tuple[str, ...] = ()
    header_line: int = 0

    @property
    def currency(self) -> str | None:
        """The currency that a column's name has in parentheses. None if no name has a currency."""
        return next((m[1] for name in self.header if (m := CURRENCY.search(name))), None)

    @property
    def unit(self) -> str:
        """The word for a row in messages: `item` for a JSON document, else `line`."""
        return "item" if self.kind == "JSON" else "line"

    def description(self) -> str:
        if self.kind != "CSV":
            return self.kind
        return f"CSV with {DELIMITERS[self.delimiter]}, header on line {self.header_line}"


def column_key(name: str) -> str:
    """The name of a column in lower case, without spaces around it and without a currency."""
    return CURRENCY.sub("", name.strip()).casefold()


def shape_of(file: File, wanted: Collection[str]) -> Shape:
    """The format of a file.

    In CSV, the header is the line with the most column names that are in `wanted`. Raises
    BadFileError if the file is empty, or if it is CSV without a header.
    """
    with file.text() as (text, _):
        first = list(islice(iter(lambda: text.readline(MOST_CHARACTERS), ""), FIRST_LINES))
    begin = next((line.strip() for line in first if line.strip()), "")
    if not begin:
        raise BadFileError(f"{file.name} is empty")
    if begin[0] in "[{":
        is_of_lines = begin[0] == "{" and any(map(is_object, first))
        return Shape("lines of JSON" if is_of_lines else "JSON")
    found = [
        (sum(column_key(cell) in wanted for cell in cells), -number, delimiter, cells)
        for delimiter in DELIMITERS
        for number, cells in records(iter(first), delimiter)
        if isinstance(cells, list)
    ]
    score, number, delimiter, cells = max(found, key=lambda each: each[:2], default=(0, 0, "", []))
    if not score:
        known = ", ".join(sorted(wanted))
        raise BadFileError(
            f"{file.name} has no header; a header names some of these columns: {known}"
        )
    return Shape("CSV", delimiter, tuple(cell.strip() for cell in cells), -number)


def is_object(line: str) -> bool:
    try:
        return isinstance(parse(line.encode()), dict)
    except BadJsonError:
        return False


def file_rows(text: TextIO, shape: Shape) -> Iterator[Row]:
    """The rows of a file, without blank rows. Raises BadFileError for an invalid JSON document."""
    if shape.kind == "CSV":
        return table_rows(text, shape)
    if shape.kind == "JSON":
        return iter(enumerate(items(text), 1))
    return ((number, value_of_line(line)) for number, line in enumerate(text, 1) if line.strip())


def value_of_line(line: str) -> Any:
    try:
        return parse(line.encode())
    except BadJsonError as ex:
        return ex


def items(text: TextIO) -> list[Any]:
    """The items of a JSON document: the entries of its array, or its one value."""
    found = value_of_line(text.read(MOST_CHARACTERS + 1))
    if isinstance(found, BadJsonError):
        raise BadFileError(f"{found}; a large file has to have one JSON object per line") from found
    return found if isinstance(found, list) else [found]


def table_rows(text: TextIO, shape: Shape) -> Iterator[Row]:
    names = [column_key(name) for name in shape.header]
    for number, cells in records(text, shape.delimiter):
        if number <= shape.header_line or (
            isinstance(cells, list) and not any(map(str.strip, cells))
        ):
            continue
        yield number, cells if isinstance(cells, BadJsonError) else row_of(cells, names)


def row_of(cells: list[str], names: list[str]) -> Any:
    """The values of a CSV record, keyed by column, without empty values."""
    if any(cells[len(names) :]):
        why = f"The line has {len(cells)} cells, but the header names {len(names)} columns"
        return BadJsonError(why, ",".join(cells))
    found = zip(names, map(str.strip, cells), strict=False)
    return {name: cell for name, cell in found if cell and name}


def records(lines: Iterator[str], delimiter: str) -> Iterator[tuple[int, list[str] | BadJsonError]]:
    """The records of a CSV file, each with the number of its first line.

    If a record is unreadable, its first line is skipped, and its second line begins a new record.
    So one quote that is not closed does not make the rest of the file unreadable.
    """
    number, waiting, taken = 1, deque[str](), list[str]()

    def feed() -> Iterator[str]:
        while line := waiting.popleft() if waiting else next(lines, ""):
            taken.append(line)
            yield line

    reader = csv.reader(feed(), delimiter=delimiter, strict=True)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as ex:
            yield number, BadJsonError(unreadable(ex, taken), taken[0].strip())
            waiting.extendleft(reversed(taken[1:]))
            del taken[1:]
            reader = csv.reader(feed(), delimiter=delimiter, strict=True)
        else:
            if cells is None:
                return
            yield number, cells
        number += len(taken)
        taken.clear()


def unreadable(ex: csv.Error, lines: list[str]) -> str:
    """The message that says why the record that begins with `lines` cannot be read."""
    if len(lines) > 1 or "end of data" in str(ex):
        return f"The line has a quote that is not closed{TWICE}"
    if "expected after" in str(ex):
        return f"The line has a quote in the middle of a value{TWICE}"
    return f"The line cannot be read: {ex}"
