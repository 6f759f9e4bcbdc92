"""A layout says what the columns of a file mean. config/imports.toml and options define layouts."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Any

from marshmallow import Schema

from growth.transfer.rows import column_key

DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d")
"""Formats of days. No text fits two of them."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The meaning of a file's columns. Comments in config/imports.toml explain the attributes.

    If `is_ours`, the columns have the names of our fields. A column with another name stays in the
    item, so that the import can report the column as not read.
    """

    is_ours: bool
    columns: Mapping[str, tuple[str, ...]]
    given: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    rename: Mapping[str, str] = field(default_factory=dict)
    totals: re.Pattern[str] | None = None
    adds_up: bool = False
    days: tuple[str, ...] = DAYS
    each: str = ""
    once: tuple[str, ...] = ()
    messages: str = ""
    consents: tuple[str, ...] = ()
    """The setting GROWTH_CONSENT_CATEGORIES.

    Messages of visitors who refused all these categories are left out.
    """

    @property
    def wanted(self) -> set[str]:
        """The column names by which a header is recognised."""
        return {column_key(name) for names in self.columns.values() for name in names}

    def with_choices(self, columns: Mapping[str, str], given: Mapping[str, str]) -> Layout:
        """A copy of this layout with the options `--map` and `--set`.

        `columns` maps fields to columns. `given` maps fields to values.
        """
        chosen = {name: (column,) for name, column in columns.items()}
        return replace(self, columns={**self.columns, **chosen}, given={**self.given, **given})


def ours(schema: Schema) -> Layout:
    """The layout of files whose columns are named like our fields."""
    return Layout(True, {name: (name,) for name in schema.fields})


def named_layouts(kind: str) -> dict[str, Layout]:
    """The layouts of tools that export facts of the kind `kind`, keyed by the name of the tool."""
    tools = tomllib.loads((files("growth.config") / "imports.toml").read_text("utf-8"))
    return {name: layout(each[kind]) for name, each in tools.items() if kind in each}


def layout(entry: Mapping[str, Any]) -> Layout:
    columns = {name: tuple(theirs) for name, theirs in entry.get("columns", {}).items()}
    only = {name: re.compile(pattern) for name, pattern in entry.get("only", {}).items()}
    totals = re.compile(entry["totals"], re.IGNORECASE) if "totals" in entry else None
    kept = ("given", "rename", "adds_up", "each", "messages")
    return Layout(
        False,
        columns,
        only=only,
        totals=totals,
        days=tuple(entry.get("days", DAYS)),
        once=tuple(entry.get("once", ())),
        **{name: entry[name] for name in kept if name in entry},
    )


def pairs(texts: Iterable[str]) -> dict[str, str]:
    """Parse texts such as `Campaign=campaign` into a mapping. Raises ValueError for other texts."""
    found = {}
    for each in texts:
        name, _, value = (part.strip() for part in each.partition("="))
        if not (name and value):
            raise ValueError(f"{each!r} is not a pair such as Campaign=campaign")
        found[name] = value
    return found
