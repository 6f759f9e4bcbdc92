"""Finds out how to map the rows of a file to items, from its header and its first rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from marshmallow import Schema

from growth.transfer.files import BadFileError, File
from growth.transfer.formats import AMOUNTS, Formats, day_pattern, decimal_of
from growth.transfer.layouts import Layout
from growth.transfer.mapping import Mapping
from growth.transfer.rows import Shape, column_key, file_rows, shape_of

SAMPLE = 1_000
"""Number of rows to examine for the formats of numbers and days."""


def mapping_of(file: File, layout: Layout, schema: Schema, decimal: str | None) -> Mapping:
    """The mapping of a file's rows to items, found from its header and its first rows.

    Raises BadFileError as `shape_of`, `check` and `file_rows` do.
    """
    shape = shape_of(file, layout.wanted)
    if shape.currency and "currency" in schema.fields:
        layout = replace(layout, given={"currency": shape.currency, **layout.given})
    mapping = Mapping(layout, shape, paths_of(layout, shape), Formats())
    if shape.kind == "CSV":
        check(file, mapping, schema)
    with file.text() as (text, _):
        sample = [row for _, row in islice(file_rows(text, shape), SAMPLE) if isinstance(row, dict)]
    mapping.formats = formats_of(mapping, sample, decimal)
    return mapping


def paths_of(layout: Layout, shape: Shape) -> list[tuple[str, list[str]]]:
    """The columns that may hold each field. For CSV, these are only columns in the header."""
    given = {name: list(theirs) for name, theirs in layout.columns.items()}
    if shape.kind != "CSV":
        return list(given.items())
    header = {column_key(name) for name in shape.header}
    there = {
        field: [key for key in map(column_key, names) if header & {key, key.split(".")[0]}]
        for field, names in given.items()
    }
    return [
        (field, names[:1] if layout.adds_up else names) for field, names in there.items() if names
    ]


def check(file: File, mapping: Mapping, schema: Schema) -> None:
    """Raise BadFileError if the header lacks a required field, or has a field's column twice."""
    header = [column_key(name) for name in mapping.shape.header]
    found = {field for field, _ in mapping.paths} | set(mapping.layout.given)
    needed = [name for name, field in schema.fields.items() if field.required]
    if missing := [name for name in needed if name not in found]:
        columns = ", ".join(filter(None, mapping.shape.header))
        raise BadFileError(
            f"{file.name} lacks {', '.join(missing)}; its columns are: {columns}. "
            f"For {missing[0]}, name a column by --map 'Column={missing[0]}', "
            f"or give a value by --set {missing[0]}=…"
        )
    used = {name for _, names in mapping.paths for name in names}
    if twice := sorted({name for name in used if header.count(name) > 1}):
        raise BadFileError(f"{file.name}: the header has {', '.join(twice)} more than once")


def formats_of(mapping: Mapping, sample: Sequence[Any], decimal: str | None) -> Formats:
    """The formats that most amounts and most days in the sample have."""
    paths = dict(mapping.paths)
    each = [row for outer in sample for row in mapping.spread(outer)]

    def texts(*fields: str) -> list[str]:
        found = (mapping.value_of(row, paths.get(name, ())) for row in each for name in fields)
        return [value for value in found if isinstance(value, str)]

    otherwise = "," if mapping.shape.delimiter == ";" else "."
    sign = decimal or decimal_of(texts(*AMOUNTS), otherwise)
    return Formats(sign, day_pattern(texts("day"), mapping.layout.days))
