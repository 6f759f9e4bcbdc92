"""A name is defined in one module, unless it is an interface that several implement."""

from __future__ import annotations

import ast
from collections import Counter

from sources import MODULES

INTERFACES = {"facts_of": 3, "messages_of": 2}
"""Names that several modules define on purpose, and in how many: each platform reads its messages
from a body, and facts from a message."""

KNOWN = {
    "add": 2,
    "anonymous_events": 2,
    "answer": 2,
    "asked": 2,
    "checked": 2,
    "chosen": 2,
    "clicks": 2,
    "columns_of": 3,
    "count": 3,
    "credits_of": 2,
    "delete": 2,
    "described": 2,
    "insert": 2,
    "instant": 2,
    "is_signed": 2,
    "is_text": 2,
    "key_of": 2,
    "keys_of": 2,
    "latest_change": 2,
    "matching": 3,
    "mend": 2,
    "named": 4,
    "names": 2,
    "names_of": 2,
    "number_of": 2,
    "offset_of": 2,
    "order_of": 2,
    "origin_of": 2,
    "owners_of": 2,
    "page": 2,
    "pages_from": 2,
    "parameters": 2,
    "parts_of": 2,
    "read": 4,
    "row_of": 4,
    "rows_of": 3,
    "save": 2,
    "seen": 2,
    "shown": 6,
    "spans": 2,
    "store": 2,
    "store_claims": 2,
    "stored": 2,
    "summed": 2,
    "update": 2,
    "upsert": 2,
    "visits_at": 2,
    "visits_from": 2,
    "without_secrets": 2,
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
