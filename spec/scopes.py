"""What a SELECT reads, and what its conditions say is equal: for spec/citus.py."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sqlglot import exp

from growth.upkeep.distributing import COLUMNS, COPIED

COLUMN = {record._meta.table_name: column for record, column in COLUMNS.items()}
REFERENCE = {record._meta.table_name for record in COPIED}

CONSTANT = re.compile(r"'.*'|-?\d+", re.DOTALL)

Place = tuple[str, str] | str
"""A column of a source, or the text of a constant."""


class Equal:
    """Which columns and constants are equal by the conditions of a query."""

    def __init__(self) -> None:
        self.sets: list[set[Place]] = []

    def add(self, one: Place, other: Place) -> None:
        joined = {one, other}
        for each in [each for each in self.sets if each & joined]:
            joined |= each
            self.sets.remove(each)
        self.sets.append(joined)

    def of(self, place: Place) -> set[Place]:
        return next((each for each in self.sets if place in each), {place})


class Scope:
    """One SELECT: its sources by alias, each the table of a distributed one; None if it recurs."""

    def __init__(self, query: exp.Select, outer: Scope | None, known: set[str]) -> None:
        self.query, self.outer, self.known = query, outer, known
        self.equal = Equal()
        if outer:  # what is equal by way of what recurs is not known to the planner
            held = {alias for alias, table in outer.all_sources().items() if table}
            sets = (
                {p for p in each if isinstance(p, str) or p[0] in held} for each in outer.equal.sets
            )
            self.equal.sets = list(sets)
        self.sources: dict[str, str | None] = {}
        self.has_local = False

    @property
    def distributed(self) -> dict[str, str]:
        return {alias: table for alias, table in self.sources.items() if table}

    def all_sources(self) -> dict[str, str | None]:
        return {**(self.outer.all_sources() if self.outer else {}), **self.sources}


def opened(query: exp.Select, outer: Scope | None, known: set[str]) -> Scope:
    """The scope of a SELECT with its sources and what is equal in it."""
    scope = Scope(query, outer, known)
    start = query.args.get("from_")
    for source in [start.this] if start else []:
        add_source(scope, source)
    for join in query.args.get("joins") or ():
        add_source(scope, join.this)
        add_equal(scope, join.args.get("on"))
    add_equal(scope, query.args.get("where"))
    return scope


def add_source(scope: Scope, source: Any) -> None:
    if isinstance(source, exp.Subquery):
        scope.sources[source.alias] = None  # its result is read
        return
    name = source.name
    is_ours = name in COLUMN and name not in scope.known
    scope.sources[source.alias_or_name] = name if is_ours else None
    scope.has_local |= not (is_ours or name in scope.known or name in REFERENCE)


def add_equal(scope: Scope, condition: Any) -> None:
    """What the conjunctions of a condition say is equal."""
    if condition is None:
        return
    condition = condition.this if isinstance(condition, exp.Where) else condition
    for each in condition.flatten() if isinstance(condition, exp.And) else [condition]:
        each = each.unnest()
        if isinstance(each, exp.And):
            add_equal(scope, each)
        elif isinstance(each, exp.EQ):
            scope.equal.add(place_of(each.left, scope), place_of(each.right, scope))


def place_of(value: Any, scope: Scope) -> Place:
    value = value.unnest()
    if isinstance(value, exp.Column):
        return value.table or next(iter(scope.sources)), value.name
    return str(value.sql())


def place(alias: str, table: str) -> Place:
    return alias, COLUMN[table]


def constant_of(scope: Scope, alias: str) -> str | None:
    """What the distribution column of a source must be."""
    equal = scope.equal.of(place(alias, scope.distributed[alias]))
    return next(
        (each for each in equal if isinstance(each, str) and CONSTANT.fullmatch(each)), None
    )


def subqueries(query: exp.Select) -> Iterator[exp.Select]:
    """The SELECTs within its columns and conditions, not those it reads from."""
    parts = [*query.expressions, query.args.get("where")]
    parts += [join.args.get("on") for join in query.args.get("joins") or ()]
    for part in parts:
        yield from outermost(part) if part is not None else ()


def outermost(part: Any) -> Iterator[exp.Select]:
    if isinstance(part, exp.Select):
        yield part
        return
    for each in part.iter_expressions():
        yield from outermost(each)


def derived(query: exp.Select) -> Iterator[Any]:
    """The queries that it reads from."""
    start = query.args.get("from_")
    sources = [start.this] if start else []
    sources += [join.this for join in query.args.get("joins") or ()]
    return (each.this for each in sources if isinstance(each, exp.Subquery))
