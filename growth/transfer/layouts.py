"""Layouts: what the columns of a file are here, from config/imports.toml and the command line."""

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
"""Days that can be read in one way only."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The meaning of a file's columns. config/imports.toml explains each attribute.

    In an unnamed layout (`is_ours`) columns have the names of our fields. Other columns are kept in
    the item, so that they are reported as ignored.
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
    """The consent categories of which a message that states consent must have granted one."""

    @property
    def wanted(self) -> set[str]:
        """The names of columns by which a header is recognised."""
        return {column_key(name) for names in self.columns.values() for name in names}

    def with_choices(self, columns: Mapping[str, str], given: Mapping[str, str]) -> Layout:
        """As it is, but for columns by field and values by field of the command line."""
        chosen = {name: (column,) for name, column in columns.items()}
        return replace(self, columns={**self.columns, **chosen}, given={**self.given, **given})


def ours(schema: Schema) -> Layout:
    """The layout of files with our names of columns."""
    return Layout(True, {name: (name,) for name in schema.fields})


def named_layouts(kind: str) -> dict[str, Layout]:
    """The layouts of other tools that have something of the kind, by name."""
    told = tomllib.loads((files("growth.config") / "imports.toml").read_text("utf-8"))
    return {name: layout(each[kind]) for name, each in told.items() if kind in each}


def layout(told: Mapping[str, Any]) -> Layout:
    columns = {name: tuple(theirs) for name, theirs in told.get("columns", {}).items()}
    only = {name: re.compile(pattern) for name, pattern in told.get("only", {}).items()}
    totals = re.compile(told["totals"], re.IGNORECASE) if "totals" in told else None
    kept = ("given", "rename", "adds_up", "each", "messages")
    return Layout(
        False,
        columns,
        only=only,
        totals=totals,
        days=tuple(told.get("days", DAYS)),
        once=tuple(told.get("once", ())),
        **{name: told[name] for name in kept if name in told},
    )


def pairs(texts: Iterable[str]) -> dict[str, str]:
    """Texts such as `Campaign=campaign` as a mapping. Raises ValueError for what is no pair."""
    found = {}
    for each in texts:
        name, _, value = (part.strip() for part in each.partition("="))
        if not (name and value):
            raise ValueError(f"{each!r} is no pair such as Campaign=campaign")
        found[name] = value
    return found
