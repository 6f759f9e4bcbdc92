"""Every name is defined in one module only, except interfaces that several modules implement."""

from __future__ import annotations

import ast
from collections import Counter

from sources import MODULES

INTERFACES = {"facts_of", "messages_of"}
"""Each platform implements these. It reads messages from a body, and facts from a message."""


class DescribeNames:
    def it_is_defined_in_one_module(self) -> None:
        found = Counter(
            node.name
            for tree in MODULES.values()
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        )

        assert {name for name, number in found.items() if number > 1} == INTERFACES
