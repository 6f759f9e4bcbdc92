"""growth import: lines of a CSV file through the write path, a batch at a time."""

from __future__ import annotations

import csv
import os
import re
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import click
from marshmallow import Schema, ValidationError

from growth.attribution.facts import Cost
from growth.database.connecting import connect, require_current
from growth.ledger.ledger import Ledger, now_us
from growth.ledger.outcome import Outcome
from growth.schemas.costs import CostSchema, load_cost
from growth.settings import Settings
from growth.wiring import create_ledger

BATCH = 500
STRAY = re.compile("[\udc80-\udcff]")
"""What stands for bytes that are no UTF-8 (PEP 383)."""

WHOLE_NUMBERS = ("clicks", "impressions")

TWICE = "; a quote that belongs to a value is written twice, in quotes"

Record = tuple[int, list[str] | str]
"""The line on which it begins, and its cells; a text that says why it has none."""

Line = tuple[int, Any]
"""The line on which it begins, and its item; a text that says why it is none."""


class BadFileError(Exception):
    """The file as a whole cannot be read; the message says what to do."""


def import_costs(settings: Settings, path: Path, tell: Callable[[str], None]) -> int:
    """Store the costs of a file and return how many lines were refused, each told with its reason.

    Raises BadFileError before anything is stored.
    """
    require_current(connect(settings.database_url))
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        lines = read_lines(file, CostSchema(), path.name)
        return store(create_ledger(settings), lines, file, tell)


def store(ledger: Ledger, lines: Iterator[Line], file: TextIO, tell: Callable[[str], None]) -> int:
    """Store the lines in batches, tell what became of them, and return how many were refused."""
    outcomes: Counter[Outcome] = Counter()
    refused = done = 0
    name = Path(file.name).name
    size = os.stat(file.fileno()).st_size
    with click.progressbar(length=size, label=f"import {name}", file=sys.stderr) as progress:
        while batch := list(islice(lines, BATCH)):
            facts: list[Cost] = []
            for number, item in batch:
                try:
                    facts.append(cost_of(item))
                except ValidationError as ex:
                    refused += 1
                    for reason in reasons(ex):
                        tell(f"{name}, line {number}: {reason}")
            outcomes.update(ledger.apply(facts))
            progress.update(file.buffer.tell() - done)
            done = file.buffer.tell()
    stored, known = outcomes[Outcome.STORED], outcomes[Outcome.DUPLICATE]
    tell(f"stored {stored}, known already {known}, refused {refused}")
    return refused


def cost_of(item: Any) -> Cost:
    """The cost of a line. Raises ValidationError, with a plain text if the line has no item."""
    if isinstance(item, str):
        raise ValidationError(item)
    return load_cost(item, now_us())


def reasons(ex: ValidationError) -> Iterator[str]:
    """Why a line is refused: for each field, or as a whole."""
    if isinstance(ex.messages, list):
        yield from ex.messages
    else:
        yield from (f"{field}: {' '.join(why)}" for field, why in ex.messages.items())


def read_lines(file: TextIO, schema: Schema, name: str) -> Iterator[Line]:
    """The lines of a CSV file as items of a schema. Raises BadFileError if its header is none."""
    found = records(file)
    _, first = next(found, (1, []))
    if isinstance(first, str):
        raise BadFileError(f"{name}: the first line {first}")
    header = [cell.strip() for cell in first]
    check_header(header, schema, name)
    return items(found, header)


def records(file: TextIO) -> Iterator[Record]:
    """The records of a CSV file, which may have several lines each.

    One that cannot be read is its first line alone, lest an open quote swallow all that follow.
    """
    number, waiting = 1, deque[str]()
    while True:
        lines: list[str] = []
        try:
            cells = next(csv.reader(taken(waiting, file, lines), strict=True), None)
        except csv.Error as ex:
            yield number, unreadable(ex, lines)
            waiting.extendleft(reversed(lines[1:]))
            del lines[1:]
        else:
            if cells is None:
                return
            yield number, cells
        number += len(lines)


def taken(waiting: deque[str], file: TextIO, lines: list[str]) -> Iterator[str]:
    """The lines that wait, then those of the file; each is added to `lines` when it is taken."""
    while line := waiting.popleft() if waiting else file.readline():
        lines.append(line)
        yield line


def unreadable(ex: csv.Error, lines: list[str]) -> str:
    """Why the record that begins with the lines cannot be read."""
    if len(lines) > 1 or "end of data" in str(ex):
        return f"has a quote that is not closed{TWICE}"
    if "expected after" in str(ex):
        return f"has a quote in the middle of a value{TWICE}"
    return f"cannot be read: {ex}"


def check_header(header: list[str], schema: Schema, name: str) -> None:
    """Raise BadFileError unless the header names the fields."""
    if not any(header):
        raise BadFileError(
            f"{name} is empty; its first line has to name the fields: {ours(schema)}"
        )
    if not is_text("".join(header)):
        raise BadFileError(f"{name} is not UTF-8 text; save it as CSV in UTF-8")
    needed = [field for field, told in schema.fields.items() if told.required]
    if missing := [field for field in needed if field not in header]:
        raise BadFileError(
            f"{name}: the first line lacks {', '.join(missing)}; it has to name the fields, "
            f"separated by commas: {ours(schema)}"
        )
    if twice := {field for field in header if field and header.count(field) > 1}:
        raise BadFileError(f"{name}: the first line has {', '.join(sorted(twice))} more than once")


def ours(schema: Schema) -> str:
    return ", ".join(schema.fields)


def items(found: Iterator[Record], header: list[str]) -> Iterator[Line]:
    """Each record that is not blank; one that cannot be read is the text that says why."""
    for number, cells in found:
        if isinstance(cells, str):
            yield number, cells
        elif any(cell.strip() for cell in cells):
            yield number, item_of(cells, header)


def item_of(cells: list[str], header: list[str]) -> Any:
    """The item of a line, empty cells left out; a text if it is none."""
    if len(cells) > len(header):
        return f"has {len(cells)} cells, the first line names {len(header)} fields"
    if not is_text("".join(cells)):
        return "is not UTF-8 text"
    found = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
    return {name: value_of(name, cell) for name, cell in found.items() if cell}


def value_of(name: str, cell: str) -> str | int:
    is_number = name in WHOLE_NUMBERS and cell.isdecimal() and len(cell) < 19
    return int(cell) if is_number else cell


def is_text(text: str) -> bool:
    """Whether it was UTF-8, without the NULs that other encodings have."""
    return "\0" not in text and not STRAY.search(text)
