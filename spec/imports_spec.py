"""Imports go in one direction, from commands down to the rules, and use public names only."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sources import MODULES

MAY_IMPORT = {
    "commands": "server app wiring rejects maintenance transfer reports query schemas"
    " recorder ledger database attribution settings http seeds",
    "server": "app wiring maintenance recorder database settings logs",
    "app": "resources rejects query schemas maintenance recorder ledger database attribution"
    " settings http",
    "resources": "maintenance reference reports query platforms schemas recorder ledger database"
    " attribution settings http pages",
    "transfer": "maintenance reports query platforms schemas ledger database attribution http"
    " settings",
    "maintenance": "reports query views ledger database attribution",
    "reference": "query schemas attribution http",
    "reports": "query schemas database attribution",
    "views": "schemas",
    "query": "schemas attribution http",
    "platforms": "schemas attribution",
    "rejects": "recorder ledger database attribution http",
    "wiring": "schemas ledger rules attribution settings",
    "schemas": "attribution",
    "recorder": "ledger database attribution metrics logs",
    "ledger": "database attribution metrics",
    "database": "attribution",
    "rules": "attribution",
    "attribution": "",
    "settings": "http",
    "http": "metrics logs",
    "metrics": "",
    "logs": "",
    "client": "",
    "pages": "",
    "seeds": "",
}
"""The folders and modules of growth/, from top to bottom, and those below that each may import."""

PRIVATE: set[str] = set()
"""Exceptions: private names of libraries that growth/ uses. There are none."""

DOCUMENTED = {"_asdict", "_fields", "_replace", "_deserialize", "_srcfile"}
"""Names with an underscore that the documentation of their library declares public."""


def imported(tree: ast.Module) -> Iterator[str]:
    """The modules that a module imports. Names of modules in growth/ come without `growth.`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name.removeprefix("growth.") for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "growth":
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module).removeprefix("growth.")


def folder(module: str) -> str:
    return module.partition(".")[0]


def upward() -> set[str]:
    """The imports within growth/ that MAY_IMPORT does not allow."""
    return {
        f"{name} > {target}"
        for name, tree in MODULES.items()
        for target in imported(tree)
        if folder(target) in MAY_IMPORT
        and folder(target) not in (folder(name), *MAY_IMPORT[folder(name)].split())
    }


def attributes(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The attributes that a module uses: the expression before the dot, and the name after it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield ast.unparse(node.value), node.attr


class DescribeImports:
    def it_points_one_way(self) -> None:
        assert upward() == set()

    def it_is_allowed_from_top_to_bottom_alone(self) -> None:
        order = list(MAY_IMPORT)
        for place, name in enumerate(order):
            assert set(MAY_IMPORT[name].split()) <= set(order[place + 1 :]), name

    def it_has_a_rule_for_every_folder(self) -> None:
        assert {folder(name) for name in MODULES} - {"growth"} <= set(MAY_IMPORT)

    def it_leaves_waitress_to_the_server(self) -> None:
        found = {
            (name, module)
            for name, tree in MODULES.items()
            for module in imported(tree)
            if folder(module) == "waitress"
        }
        used = {attr for of, attr in attributes(MODULES["server"]) if of == "waitress"}

        assert found == {("server", "waitress")}
        assert used == {"create_server"}


class DescribeNamesOfLibraries:
    def it_is_public(self) -> None:
        found = {
            f"{name}: {of}.{attr}"
            for name, tree in MODULES.items()
            for of, attr in attributes(tree)
            if attr.startswith("_") and not attr.endswith("__") and of not in ("self", "cls")
        }

        assert {each for each in found if each.rpartition(".")[2] not in DOCUMENTED} == PRIVATE
