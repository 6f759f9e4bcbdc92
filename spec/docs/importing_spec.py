"""docs/importing.md: every import runs on the file shown before it, with the output shown after."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from documents import ROOT, Block, blocks, names, table
from service import Service

from growth.transfer.layouts import named_layouts

PAGE = ROOT / "docs" / "importing.md"
SHOWN = [block for block in blocks() if block.document == PAGE]
EXAMPLES = list(zip(SHOWN[::3], SHOWN[1::3], SHOWN[2::3], strict=True))


class DescribeImporting:
    @pytest.mark.parametrize(("file", "command", "answer"), EXAMPLES)
    def it_says_what_is_shown(
        self, service: Service, tmp_path: Path, file: Block, command: Block, answer: Block
    ) -> None:
        *words, name = shlex.split(command.text)[1:]
        (tmp_path / name).write_text(file.text, "utf-8")

        assert service.growth(*words, str(tmp_path / name)).stdout == answer.text

    @pytest.mark.parametrize(
        ("header", "kind"),
        [(("`--as`", "file", "source, medium"), "costs"), (("`--as`", "file"), "events")],
    )
    def it_lists_the_tools_that_are_known(self, header: tuple[str, ...], kind: str) -> None:
        listed = [names(row[0])[0] for row in table(PAGE, *header)]

        assert listed == list(named_layouts(kind))
