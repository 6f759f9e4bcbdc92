"""Reads the fenced blocks, commands, answers and tables of README.md and docs/."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
DOCUMENTS = [README, *sorted((ROOT / "docs").glob("*.md"))]

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEREDOC = re.compile(r"<<'(\w+)'\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
READ: dict[str, Callable[[str], Any]] = {"json": json.loads, "csv": str}
MORE = "…"
"""Stands for the rest of an object or list that a document shows in part."""


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a document. `line` is the number of its first line."""

    document: Path
    language: str
    text: str
    line: int

    @property
    def place(self) -> str:
        return f"{self.document.name}:{self.line}"


def blocks(*languages: str) -> list[Block]:
    """The fenced blocks of all documents in order, or only those in these languages."""
    return [
        Block(document, match[1], match[2], text.count("\n", 0, match.start()) + 1)
        for document in DOCUMENTS
        for text in [document.read_text("utf-8")]
        for match in BLOCK.finditer(text)
        if not languages or match[1] in languages
    ]


def commands(block: Block) -> list[str]:
    """The commands of a shell block. A quote, a backslash or a here-document may span lines."""
    found, waiting = [], ""
    for line in block.text.splitlines():
        waiting += line + "\n"
        if is_whole(waiting):
            found.append(waiting.strip())
            waiting = ""
    assert not waiting.strip(), f"{block.place}: the last command is not whole: {waiting}"
    return [command for command in found if command and not command.startswith("#")]


def is_whole(text: str) -> bool:
    if "<<" in text:
        return HEREDOC.search(text) is not None
    try:
        shlex.split(text)
    except ValueError:
        return False
    return not text.endswith("\\\n")


def examples() -> Iterator[tuple[Block, Any]]:
    """The shell blocks of all documents, each with the JSON or CSV block after it, or None."""
    found = blocks()
    for block, after in zip(found, [*found[1:], None], strict=True):
        if block.language in ("sh", "bash"):
            is_shown = after and after.document == block.document and after.language in READ
            yield block, READ[after.language](after.text) if after and is_shown else None


def cut(found: Any, shown: Any) -> Any:
    """The answer without the parts that a document replaces by `…`."""
    if isinstance(found, dict) and isinstance(shown, dict):
        is_cut = MORE in shown and len(found) >= len(shown)
        kept = {
            name: cut(value, shown.get(name))
            for name, value in found.items()
            if name in shown or not is_cut
        }
        return kept | {MORE: shown[MORE]} if is_cut else kept
    if isinstance(found, list) and isinstance(shown, list):
        is_cut = shown[-1:] == [MORE] and len(found) >= len(shown)
        length = len(shown) - 1 if is_cut else len(found)
        beside = [*shown, *[None] * len(found)]
        kept_items = [cut(*pair) for pair in zip(found[:length], beside, strict=False)]
        return [*kept_items, MORE] if is_cut else kept_items
    return found


def table(path: Path, *header: str) -> list[list[str]]:
    """The rows of the table that has this header, as lists of stripped cells."""
    lines = path.read_text("utf-8").splitlines()
    places = [place for place, line in enumerate(lines) if cells(line) == list(header)]
    assert places, f"{path.name} has no table with the header {' | '.join(header)}"
    return rows_at(lines, places[0])


def tables(path: Path, first: str) -> list[list[list[str]]]:
    """The tables whose first column has this name. The first row of each is its header."""
    lines = path.read_text("utf-8").splitlines()
    return [
        [cells(line), *rows_at(lines, place)]
        for place, line in enumerate(lines)
        if cells(line)[:1] == [first]
    ]


def rows_at(lines: list[str], place: int) -> list[list[str]]:
    rows = []
    for line in lines[place + 2 :]:
        if not line.startswith("|"):
            break
        rows.append(cells(line))
    return rows


def cells(line: str) -> list[str]:
    if not line.startswith("|"):
        return []
    return [cell.strip() for cell in line.strip("|").split("|")]


def names(cell: str) -> list[str]:
    """The texts in backticks in a cell or a paragraph."""
    return re.findall(r"`([^`\n]+)`", cell)


def named() -> list[str]:
    """All texts in backticks in the documents, without fenced blocks and repetitions."""
    texts = [BLOCK.sub("", document.read_text("utf-8")) for document in DOCUMENTS]
    return sorted({name for text in texts for name in names(text)})
