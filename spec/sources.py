"""The source text of growth/, parsed."""

from __future__ import annotations

import ast

from documents import ROOT

MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    .removesuffix(".__init__")
    .removeprefix("growth."): ast.parse(path.read_text("utf-8"))
    for path in sorted((ROOT / "growth").rglob("*.py"))
}
"""The syntax tree of each module, by its name without `growth.`, such as `ledger.storing`."""
