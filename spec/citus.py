"""What Citus refuses, and how far a statement goes: on how many shards it runs.

There is no Citus where these specs run: these are its rules as its documentation and its planner
have them, and stricter where what is allowed would be slow. Of a query that is not for one shard:

- direct joins of distributed tables are on their distribution columns, and of one group
- a correlated subquery is correlated on the distribution column, and not with what only recurs
  (reference tables, VALUES, intermediate results)
- nothing that recurs is on the outer side of an outer join with a distributed table: it would be
  read whole
- tables of the coordinator are joined with none that is distributed
- no FOR UPDATE, no grouping sets, no recursion, no change of the distribution column

https://docs.citusdata.com/en/stable/develop/reference_workarounds.html
https://github.com/citusdata/citus/blob/main/src/backend/distributed/planner/query_pushdown_planning.c
https://github.com/citusdata/citus/blob/main/src/backend/distributed/planner/recursive_planning.c
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg
from scopes import (
    COLUMN,
    REFERENCE,
    Scope,
    add_equal,
    constant_of,
    derived,
    opened,
    place,
    place_of,
    subqueries,
)
from sqlglot import exp, parse_one

from growth.upkeep.distributing import COLOCATED

NONE, ONE, SOME, ALL, EVERY = "coordinator", "one shard", "some shards", "all shards", "all nodes"


class RefusedError(Exception):
    """Citus refuses a statement, or would be slow at it; the message says why."""


def group_of(table: str) -> str:
    """The group of a table: the table whose shards those of its group lie beside."""
    for record, beside in COLOCATED.items():
        if record._meta.table_name == table:
            return table if beside is None else beside._meta.table_name
    return "pageviews"


def reach(sql: str, params: Any = None) -> str:
    """How far a statement goes. Raises RefusedError."""
    tree = parse_one(bound(sql, params), read="postgres")
    if isinstance(tree, exp.Insert) and tree.this.this.name in REFERENCE:
        return EVERY
    if not any(each.name in COLUMN for each in tree.find_all(exp.Table)):
        return NONE
    if isinstance(tree, exp.Insert):
        return reach_of_insert(tree)
    if isinstance(tree, exp.Update | exp.Delete):
        return reach_of_change(tree)
    return reach_of_query(tree, None, set())


def bound(sql: str, params: Any) -> str:
    """The statement with its parameters put in."""
    first, *rest = sql.split("%s")
    values = list(params or ())
    assert len(rest) == len(values), sql
    texts = (psycopg.sql.Literal(value).as_string() for value in values)
    return (
        first + "".join(f"{text}{part}" for text, part in zip(texts, rest, strict=True))
    ).replace("%%", "%")


def reach_of_insert(tree: exp.Insert) -> str:
    table, column = target(tree)
    rows = tree.expression
    if not isinstance(rows, exp.Values):
        raise RefusedError("INSERT … SELECT is not looked into")
    if tree.expression.find(exp.Select):
        raise RefusedError("subqueries in an INSERT")
    place = [each.name for each in tree.this.expressions].index(column)
    conflict = tree.args.get("conflict")
    if conflict:
        if table not in COLUMN or any(c.this.name == column for c in conflict.expressions):
            raise RefusedError("the distribution column is set")
        if conflict.find(exp.Select):
            raise RefusedError("subqueries in ON CONFLICT")
    values = {row.expressions[place].sql() for row in rows.expressions}
    return ONE if len(values) == 1 else SOME


def target(tree: exp.Expression) -> tuple[str, str]:
    found = tree.this if isinstance(tree.this, exp.Table) else tree.this.this
    if found.name not in COLUMN:
        raise RefusedError("a change of one table that reads another")
    return found.name, COLUMN[found.name]


def reach_of_change(tree: exp.Update | exp.Delete) -> str:
    table, column = target(tree)
    for each in tree.expressions if isinstance(tree, exp.Update) else ():
        if each.this.name == column:
            raise RefusedError("the distribution column is set")
    where = tree.args.get("where")
    scope = Scope(exp.select("1"), None, set())
    scope.sources[tree.this.alias_or_name] = table
    add_equal(scope, where)
    constant = constant_of(scope, tree.this.alias_or_name)
    inner = list(tree.find_all(exp.Select))
    for each in inner:
        sub = opened(each, scope, set())
        if constant is None or any(constant_of(sub, a) != constant for a in sub.distributed):
            raise RefusedError("a change with a subquery that is not for the same shard")
    return ONE if constant else among(scope, where)


def reach_of_query(query: Any, outer: Scope | None, known: set[str]) -> str:
    query = query.unnest() if isinstance(query, exp.Subquery) else query
    known = known | planned_first(query, known)
    if isinstance(query, exp.SetOperation):
        return farthest(reach_of_query(each, outer, known) for each in (query.left, query.right))
    scope = opened(query, outer, known)
    constants = {constant_of(scope, alias) for alias in scope.distributed}
    inner = list(subqueries(query))
    if len(constants) == 1 and None not in constants and not outer and is_router(scope, inner):
        return ONE
    refuse_joins(scope)
    refuse_forms(query)
    parts = [reach_of_subquery(each, scope) for each in inner]
    parts += [reach_of_query(each, None, known) for each in derived(query)]
    if not scope.distributed:
        return farthest([NONE, *parts])
    return farthest([*parts, among(scope, query.args.get("where"))])


def planned_first(query: Any, known: set[str]) -> set[str]:
    """The names of its CTEs, whose results it reads as it reads a reference table."""
    names: set[str] = set()
    found = query.args.get("with_")
    if found and found.recursive:
        raise RefusedError("a recursive CTE")
    for each in found.expressions if found else ():
        if isinstance(each.this, exp.Insert | exp.Update | exp.Delete):
            raise RefusedError("a CTE that changes something")
        if not isinstance(each.this, exp.Values):
            reach_of_query(each.this, None, known | names)
        names.add(each.alias)
    return names


def is_router(scope: Scope, inner: list[exp.Select]) -> bool:
    """Whether all that the subqueries of a query read is for its shard too."""
    [constant] = {constant_of(scope, alias) for alias in scope.distributed}
    scopes = [opened(each, scope, scope.known) for each in inner]
    return not scope.has_local and all(
        constant_of(each, alias) == constant for each in scopes for alias in each.distributed
    )


def refuse_joins(scope: Scope) -> None:
    """Distributed tables join on their columns, those of outer queries included."""
    if scope.has_local and scope.distributed:
        raise RefusedError("a table of the coordinator joined with a distributed one")
    found = list(scope.distributed.items())
    if len({group_of(table) for _, table in found}) > 1:
        raise RefusedError("a join of tables that are not colocated")
    first = found[0] if found else None
    for alias, table in found[1:]:
        if place(alias, table) not in scope.equal.of(place(*first)):  # type: ignore[misc]
            raise RefusedError(
                f"a join of {first} and {alias, table} not on their distribution columns"
            )
    joins = scope.query.args.get("joins") or ()
    names = list(scope.sources)
    for join in joins:
        before = names[: names.index(join.this.alias_or_name)]
        is_outer = join.side in ("LEFT", "FULL", "RIGHT")
        if (
            is_outer
            and scope.sources[join.this.alias_or_name]
            and not any(scope.sources[each] for each in before)
        ):
            raise RefusedError("an outer join of what recurs with a distributed table")


def refuse_forms(query: exp.Select) -> None:
    if query.args.get("locks"):
        raise RefusedError("FOR UPDATE")
    group = query.args.get("group")
    if group and group.find(exp.GroupingSets, exp.Rollup, exp.Cube):
        raise RefusedError("grouping sets")
    having = query.args.get("having")
    if having and having.find(exp.Select):
        raise RefusedError("a subquery in HAVING is not looked into")


def reach_of_subquery(query: exp.Select, outer: Scope) -> str:
    scope = opened(query, outer, outer.known)
    names = outer.all_sources()
    told = {each.table for each in query.find_all(exp.Column)} & (set(names) - set(scope.sources))
    if not told:
        return reach_of_query(query, None, outer.known)
    if not any(names.values()):
        raise RefusedError("a subquery correlated with what recurs")
    anchors = [place(alias, table) for alias, table in names.items() if table]
    for alias, table in scope.distributed.items():
        if not scope.equal.of(place(alias, table)) & set(anchors):
            raise RefusedError(f"a subquery of {table} not correlated on the distribution column")
    return reach_of_query(query, outer, outer.known)


def among(scope: Scope, where: Any) -> str:
    """Some shards if a list of constants restricts the distribution column, else all."""
    for each in where.find_all(exp.In) if where else ():
        for alias, table in scope.distributed.items():
            if place_of(each.this, scope) == place(alias, table) and each.expressions:
                return ONE if len({e.sql() for e in each.expressions}) == 1 else SOME
    if scope.distributed and all(constant_of(scope, alias) for alias in scope.distributed):
        return ONE
    return ALL


def farthest(found: Iterable[str]) -> str:
    return max(found, key=[NONE, ONE, SOME, ALL].index)


def label(sql: str) -> str:
    """A statement in short: what it does, with which tables, by which columns."""
    tree = parse_one(sql.replace("%s", "0"), read="postgres")
    tables = sorted({each.name for each in tree.find_all(exp.Table)} - {"asked", "credited"})
    conditions = [
        *tree.find_all(exp.Where),
        *(join.args["on"] for join in tree.find_all(exp.Join) if join.args.get("on")),
    ]
    columns = {each.name for part in conditions for each in part.find_all(exp.Column)}
    by = f" by {' '.join(sorted(columns))}" if columns and not isinstance(tree, exp.Insert) else ""
    return f"{tree.key} {' '.join(tables)}{by}"
