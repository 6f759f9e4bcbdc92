"""README.md and docs/: every command in them is run, every answer compared, every link followed."""

from __future__ import annotations

import os
import re
import shlex
import sqlite3
import subprocess
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import pytest
from documents import DOCUMENTS, ROOT, blocks, commands, examples, names, table
from live import Reply, Server, parse_curl, send, serving, steady

from growth.attribution.credit import WHOLE, Weights, shares
from growth.attribution.origin import origin_of
from growth.commands.main import main
from growth.database.engines.sqlite import path_of
from growth.rules import load_rules

README = ROOT / "README.md"

ANSWERED = [
    pytest.param(document, line, told, id=f"{document.name}:{line}")
    for document in DOCUMENTS
    for _, told, line in examples(document)
    if told is not None
]
SHELL = [
    pytest.param(command, id=f"{document.name}:{block.line}")
    for document in DOCUMENTS
    for block in blocks(document)
    if block.language == "sh"
    for command in commands(block)
]
INLINE = sorted(
    {
        text
        for document in DOCUMENTS
        for text in names(document.read_text("utf-8"))
        if text.startswith(("make ", "growth "))
    }
)
TOML = [
    pytest.param(block.text, id=f"{document.name}:{block.line}")
    for document in DOCUMENTS
    for block in blocks(document)
    if block.language == "toml"
]
SMALL = {"seed": ["--visitors", "5", "--days", "2"]}
CSV = [block.text for block in blocks(README) if block.language == "csv"]
SECRETS = {
    "GROWTH_GOOGLE_ADS_KEY": "example-google-key",
    "GROWTH_SEGMENT_WRITE_KEYS": "example-write-key",
}
"""What the README says that the services are started with to which platforms post."""

NEEDED = {"purge": {"GROWTH_RETENTION_DAYS": "36500"}}
RUNNABLE = [names(row[0])[0] for row in table(README, "command", "does")]
BESIDE = [
    pytest.param(each, marks=[pytest.mark.sqlite] if " backup " in each else [])
    for each in RUNNABLE
    if each.split()[1] not in ("serve", "copy", "distribute")
]
"""What works while the service runs; backup is for SQLite, a copy needs another database, and
distribute a cluster."""


@pytest.fixture(scope="module")
def replies(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[Path, int], list[Reply]]:
    """What a real service answers to the curls of each shell block, a fresh one a document."""
    found: dict[tuple[Path, int], list[Reply]] = {}
    for document in DOCUMENTS:
        curls = [(line, each) for line, _, each in asked(document) if each.startswith("curl")]
        if not curls:
            continue
        with serving(tmp_path_factory.mktemp(document.stem), **SECRETS) as server:
            for line, command in curls:
                reply = send(parse_curl(command), server.url)
                found.setdefault((document, line), []).append(reply)
    return found


def asked(document: Path) -> Iterator[tuple[int, Any, str]]:
    """The commands of a document: the line of their block, the answer shown, and the command."""
    for asking, told, line in examples(document):
        for command in asking:
            yield line, told, command


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service that knows all that the README sends."""
    with serving(tmp_path_factory.mktemp("server"), **SECRETS) as server:
        tell(server)
        yield server


def tell(server: Server) -> None:
    """Send what the README sends."""
    for _, _, command in asked(README):
        if command.startswith("curl"):
            send(parse_curl(command), server.url)


class DescribeExamples:
    @pytest.mark.parametrize(("document", "line", "told"), ANSWERED)
    def it_shows_the_answer_of_the_service(
        self, document: Path, line: int, told: Any, replies: dict[tuple[Path, int], list[Reply]]
    ) -> None:
        reply = replies[document, line][-1]

        assert steady(reply.body, reply.url) == steady(told, reply.url)
        assert reply.status == (told["status"] if "title" in told else 200)

    def it_is_answered_wherever_no_answer_is_shown(
        self, replies: dict[tuple[Path, int], list[Reply]]
    ) -> None:
        shown = {(param.values[0], param.values[1]) for param in ANSWERED}

        for place, told in replies.items():
            unseen = told[:-1] if place in shown else told
            assert [reply.status for reply in unseen] == [200] * len(unseen), place

    def it_shows_no_answer_without_a_question(self) -> None:
        for document in DOCUMENTS:
            answers = [block for block in blocks(document) if block.language == "json"]
            assert len(answers) == len([p for p in ANSWERED if p.values[0] == document])

    def it_closes_every_fenced_block(self) -> None:
        for document in DOCUMENTS:
            fences = re.findall(r"^\s*```", document.read_text("utf-8"), re.MULTILINE)
            assert len(fences) == 2 * len(blocks(document)), document

    @pytest.mark.parametrize("text", TOML)
    def it_shows_files_of_rules_that_load(self, text: str, tmp_path: Path) -> None:
        path = tmp_path / "sources.toml"
        path.write_text(text, "utf-8")

        assert tomllib.loads(text)
        assert load_rules(path).version != load_rules().version

    def it_shows_a_source_that_is_found(self, tmp_path: Path) -> None:
        path = tmp_path / "sources.toml"
        path.write_text(TOML[0].values[0], "utf-8")
        rules = load_rules(path)

        referred = origin_of("https://shop.example/", "https://club.acme.example/", rules)
        tagged = origin_of("https://shop.example/?utm_source=acmeclub", None, rules)
        assert (referred.source, referred.channel) == ("acme-club", "Organic Social")
        assert tagged.channel == "Organic Social"

    def it_shows_a_model_that_works(self) -> None:
        function, line = (block.text for block in blocks(README) if block.language == "python")
        namespace: dict[str, Any] = {"Sequence": Sequence, "Weights": Weights}
        exec(function, namespace)  # our own text
        models = eval(f"{{{line}}}", namespace)

        [(name, model)] = models.items()
        assert name == model.__name__
        assert shares(model([1, 2, 3, 4], 5)) == [WHOLE // 2, 0, 0, WHOLE // 2]
        assert shares(model([1], 5)) == [WHOLE]


class DescribeCommands:
    @pytest.mark.parametrize("command", SHELL)
    def it_is_of_a_known_kind(self, command: str) -> None:
        assert command.split()[0] in ("curl", "make", "growth")

    @pytest.mark.parametrize("command", sorted({*INLINE, *(p.values[0] for p in SHELL)}))
    def it_exists(self, command: str) -> None:
        if command.startswith("make "):
            environ = {name: value for name, value in os.environ.items() if "MAKE" not in name}
            done = subprocess.run(
                ["make", "-n", *shlex.split(command)[1:]],
                cwd=ROOT,
                env=environ,
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, done.stderr
        elif command.startswith("growth "):
            parse_growth(shlex.split(command)[1:])

    @pytest.mark.parametrize("command", BESIDE)
    def it_works_beside_the_service(self, command: str, server: Server, tmp_path: Path) -> None:
        name, *options = shlex.split(command)[1:]
        if name == "import":
            [text], file = CSV, tmp_path / options.pop()
            file.write_text(text, "utf-8")
            options.append(str(file))

        done = server.growth(name, *options, *SMALL.get(name, []), **NEEDED.get(name, {}))

        assert done.returncode == 0, done.stdout + done.stderr

    def it_lists_every_command(self) -> None:
        assert {shlex.split(command)[1] for command in RUNNABLE} == set(main.commands)

    @pytest.mark.sqlite
    def it_can_be_copied_once_stopped(self, tmp_path: Path) -> None:
        with serving(tmp_path, **SECRETS) as server:
            tell(server)
            code = server.stop()
            copy = tmp_path / "copy.db"
            copy.write_bytes(path_of(server.database_url).read_bytes())

        assert code == 0
        with closing(sqlite3.connect(copy)) as database:
            assert counted(database) == 11


def counted(database: sqlite3.Connection) -> int:
    found: int = database.execute("SELECT COUNT(*) FROM pageviews").fetchone()[0]
    return found


def parse_growth(args: list[str]) -> None:
    """Fail unless the command line has such a command and such options."""
    if args[0].startswith("-"):
        assert args[0] in ("--help", "--version")
        return
    if args[0] == "import":  # its file is there when the command is run
        assert args[1] in main.commands["import"].commands
        return
    assert args[0] in main.commands, f"growth {args[0]}"
    with click.Context(main) as parent:
        main.commands[args[0]].make_context(args[0], args[1:], parent=parent)


class DescribeLinks:
    @pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
    def it_leads_to_files_that_are_there(self, document: Path) -> None:
        for target in re.findall(r"\]\(([^)]+)\)", document.read_text("utf-8")):
            if "://" not in target:
                assert (document.parent / target).is_file(), target

    def it_names_files_that_are_there(self) -> None:
        for document in DOCUMENTS:
            for name in names(document.read_text("utf-8")):
                if re.fullmatch(r"(growth|config|docs|spec|seeds)/[\w./]*", name):
                    assert (ROOT / name).exists(), name
