"""A name is defined in one module, unless it is an interface that several implement."""

from __future__ import annotations

import ast
from collections import Counter

from sources import MODULES

INTERFACES = {
    # a platform reads its messages from a body, and facts from a message
    "facts_of": 3,
    "messages_of": 2,
    # a command has the name of the function that it runs
    "backup": 2,
    "distribute": 2,
    "erase": 2,
    "migrate": 2,
    "purge": 2,
    "routes": 2,
    "seed": 2,
    "serve": 2,
}
"""Names that several modules define on purpose, and in how many."""

KNOWN = {
    "chosen": 4,
    "clicks": 3,
    "command": 2,
    "count": 3,
    "delete": 2,
    "figures_of": 2,
    "folded": 2,
    "insert": 2,
    "instant": 2,
    "is_signed": 2,
    "is_text": 2,
    "kept": 2,
    "key_of": 4,
    "keys_of": 2,
    "listed": 2,
    "named": 4,
    "names": 2,
    "names_of": 2,
    "number_of": 2,
    "of_visitor": 2,
    "offset_of": 2,
    "order_of": 2,
    "owner_of": 2,
    "owners_of": 2,
    "page": 2,
    "read": 4,
    "remove": 2,
    "replace": 2,
    "row_of": 4,
    "rows_of": 3,
    "seen": 2,
    "seen_by": 2,
    "show": 2,
    "shown": 5,
    "spans": 2,
    "state": 2,
    "store": 4,
    "summed": 2,
    "told": 2,
    "update": 2,
    "value_of": 2,
    "whole": 2,
    "write": 2,
}
"""Names that several modules define today. It must be empty in the end."""


class DescribeNames:
    def it_is_defined_in_one_module(self) -> None:
        found = Counter(
            node.name
            for tree in MODULES.values()
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        )

        several = {name: number for name, number in found.items() if number > 1}
        assert several == INTERFACES | KNOWN
