"""Reads README.md and docs/: their fenced blocks, commands and tables."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEREDOC = re.compile(r"<<'(\w+)'\n(.*?)^\1$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its text, and the line it begins on."""

    language: str
    text: str
    line: int


def blocks(path: Path) -> list[Block]:
    """The fenced blocks of a document, in order."""
    text = path.read_text("utf-8")
    return [
        Block(match[1], match[2], text.count("\n", 0, match.start()) + 1)
        for match in BLOCK.finditer(text)
    ]


def commands(block: Block) -> list[str]:
    """The commands of a shell block; a quote, a backslash or a here-document goes on."""
    found, waiting = [], ""
    for line in block.text.splitlines():
        waiting += line + "\n"
        if is_whole(waiting):
            found.append(waiting.strip())
            waiting = ""
    assert not waiting.strip(), f"line {block.line}: the last command is not whole: {waiting}"
    return [command for command in found if command and not command.startswith("#")]


def is_whole(text: str) -> bool:
    if "<<" in text:
        return HEREDOC.search(text) is not None
    try:
        shlex.split(text)
    except ValueError:
        return False
    return not text.endswith("\\\n")


def examples(path: Path) -> Iterator[tuple[list[str], Any, int]]:
    """The shell blocks of a document: their commands, the JSON shown after the last, the line."""
    found = blocks(path)
    for block, after in zip(found, [*found[1:], None], strict=False):
        if block.language == "sh":
            told = json.loads(after.text) if after and after.language == "json" else None
            yield commands(block), told, block.line


def table(path: Path, *header: str) -> list[list[str]]:
    """The rows of the table that has this header, cells without spaces around them."""
    lines = path.read_text("utf-8").splitlines()
    places = [place for place, line in enumerate(lines) if cells(line) == list(header)]
    assert places, f"{path.name} has no table with the header {' | '.join(header)}"
    return rows_at(lines, places[0])


def tables(path: Path, first: str) -> list[list[list[str]]]:
    """The tables whose first column has this name, each with its header."""
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
    """What stands in backticks in a cell or text."""
    return re.findall(r"`([^`\n]+)`", cell)
