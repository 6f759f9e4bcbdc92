"""README.md and docs/: the settings, paths, files and sections that they name exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from documents import DOCUMENTS, README, ROOT, named
from service import Service

from growth.settings import defaults


class DescribeNames:
    def it_names_settings_that_are_there(self) -> None:
        for document in DOCUMENTS:
            found = re.findall(r"\bGROWTH_[A-Z_]+\b", document.read_text("utf-8"))
            assert {name.removesuffix("_FILE") for name in found} <= set(defaults()), document

    def it_names_paths_that_are_routed(self, service: Service) -> None:
        """An endpoint that is switched off answers 404 and says so."""
        for name in named():
            if re.fullmatch(r"(GET|POST) /\S*", name):
                answer = service.client.simulate_request(*name.split())
                assert answer.status_code != 405, name
                assert answer.status_code != 404 or "switched off" in answer.text, name

    def it_names_files_that_are_there(self) -> None:
        for name in named():
            if re.fullmatch(r"(growth|config|docs|spec|seeds|db)/[\w./]*", name):
                assert (ROOT / name).exists() or name == "db/growth.db", name

    @pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
    def it_links_to_files_and_sections_that_are_there(self, document: Path) -> None:
        for target in re.findall(r"\]\(([^)]+)\)", document.read_text("utf-8")):
            path, _, section = target.partition("#")
            if "://" not in target:
                file = document.parent / path if path else document
                assert file.is_file(), target
                assert not section or section in anchors(file), target

    def it_links_to_every_page_from_the_readme(self) -> None:
        text = README.read_text("utf-8")

        assert all(f"(docs/{page.name})" in text for page in DOCUMENTS[1:])

    def it_keeps_the_readme_short(self) -> None:
        assert len(README.read_text("utf-8").splitlines()) <= 250


def anchors(path: Path) -> list[str]:
    """The anchors that GitHub makes from the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", path.read_text("utf-8"), re.MULTILINE)
    return [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings]
