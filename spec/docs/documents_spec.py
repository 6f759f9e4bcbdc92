"""README.md and docs/: commands are run, and their answers are compared with those shown."""

from __future__ import annotations

import base64
import os
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import click
import pytest
from documents import DOCUMENTS, ROOT, blocks, commands, cut, examples, named, names, table
from dotenv import dotenv_values
from live import WRITTEN_URL, Call, Reply, Server, parse_curl, send, serving, steady

from growth.attribution.credit import WHOLE, Weights, shares
from growth.commands.main import main
from growth.commands.webhook_url import TAG
from growth.http.signatures import is_signed, signing_key
from growth.rules import load_rules
from growth.settings import load_settings

OPERATING = ROOT / "docs" / "operating.md"
SECRETS = {
    "GROWTH_ADMIN_TOKENS": "example-admin-token",
    "GROWTH_GOOGLE_ADS_KEY": "example-google-key",
    "GROWTH_SEGMENT_WRITE_KEYS": "example-write-key",
}
"""The settings of the service that the examples of the documents need."""

SHELL = [(command, block) for block, _ in examples() for command in commands(block)]
CURLS = [(command, block) for command, block in SHELL if command.startswith("curl")]
LINES = sorted({*(line for line, _ in SHELL), *named()})
MAKE = [line for line in LINES if line.startswith("make ")]
GROWTH = [line for line in LINES if line.startswith("growth ")]

SMALL = {"seed": ["--visitors", "5", "--days", "2"]}
NEEDED = {"purge": {"GROWTH_RETENTION_DAYS": "36500"}}
RUNNABLE = [names(row[0])[0] for row in table(OPERATING, "command", "does")]
BESIDE = [
    pytest.param(each, marks=[pytest.mark.sqlite] if " backup " in each else [])
    for each in RUNNABLE
    if each.split()[1] not in ("serve", "copy", "distribute", "restore")
]
"""Commands that work while the service runs. `copy` needs a second database, `distribute` a
cluster, and `restore` a database that nobody uses."""


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server"), **SECRETS) as server:
        yield server


@pytest.fixture(scope="module")
def replies(started: Server) -> dict[str, list[Reply]]:
    """The answers to the curls of each shell block. One service gets all curls in order."""
    found: dict[str, list[Reply]] = {}
    for command, block in CURLS:
        found.setdefault(block.place, []).append(send(parse_curl(command), started.url))
    return found


@pytest.fixture(scope="module")
def server(started: Server, replies: dict[str, list[Reply]]) -> Server:
    """The service that has stored all facts that the documents send."""
    return started


def python_block(name: str) -> str:
    [text] = [block.text for block in blocks("python") if name in block.text]
    return text


def answer_of(server: Server, query: str) -> Reply:
    return send(Call("GET", f"{WRITTEN_URL}{query}"), server.url)


class DescribeExamples:
    @pytest.mark.parametrize(
        ("place", "shown"),
        [(block.place, shown) for block, shown in examples() if shown is not None],
    )
    def it_shows_the_answer_of_the_service(
        self, place: str, shown: Any, replies: dict[str, list[Reply]]
    ) -> None:
        reply = replies[place][-1]

        assert steady(cut(reply.body, shown), reply.url) == steady(shown, reply.url)
        assert reply.status == (shown["status"] if "title" in shown else 200)

    def it_is_answered_where_no_answer_is_shown(self, replies: dict[str, list[Reply]]) -> None:
        shown = {block.place for block, shown in examples() if shown is not None}

        for place, told in replies.items():
            unseen = told[:-1] if place in shown else told
            assert [reply.status for reply in unseen] == [200] * len(unseen), place

    def it_shows_no_answer_without_a_question(self) -> None:
        shown = [block for block, shown in examples() if isinstance(shown, dict)]

        assert len(blocks("json")) == len(shown)

    def it_closes_every_fenced_block(self) -> None:
        fences = [
            fence
            for document in DOCUMENTS
            for fence in re.findall(r"^\s*```", document.read_text("utf-8"), re.MULTILINE)
        ]

        assert len(fences) == 2 * len(blocks())

    def it_asks_what_can_be_asked(self, server: Server) -> None:
        for query in [name for name in named() if name.startswith("/attribution?")]:
            assert answer_of(server, query).status == 200, query

    def it_sends_in_the_background(self, server: Server) -> None:
        text = python_block("analytics.Client").replace(WRITTEN_URL, server.url)

        exec(text, {})  # our own text

        found = answer_of(server, "/attribution?by=event&event=trial&user_id=u-42").body
        assert len(found["results"]) == 1

    def it_signs(self) -> None:
        namespace: dict[str, Any] = {}
        exec(python_block("def signature"), namespace)
        secret = "whsec_" + base64.b64encode(b"k" * 32).decode()

        signed = namespace["signature"](secret, "msg-1", 1_700_000_000, b"{}")

        given = ("msg-1", "1700000000", signed)
        assert is_signed([signing_key(secret)], 1_700_000_000, b"{}", *given)

    def it_adds_a_model(self) -> None:
        namespace: dict[str, Any] = {"Sequence": Sequence, "Weights": Weights}
        exec(python_block("def first_and_last"), namespace)

        model = namespace["first_and_last"]
        assert shares(model([1, 2, 3, 4], 5)) == [WHOLE // 2, 0, 0, WHOLE // 2]
        assert shares(model([1], 5)) == [WHOLE]

    def it_shows_the_tag_for_pages(self) -> None:
        [tag] = blocks("html")

        assert tag.text.strip() == TAG.format(url="https://growth.example/growth.js").strip()

    @pytest.mark.parametrize("block", blocks("toml"), ids=lambda block: block.place)
    def it_shows_rules_that_load(self, block: Any, tmp_path: Path) -> None:
        path = tmp_path / "sources.toml"
        path.write_text(block.text, "utf-8")

        assert tomllib.loads(block.text)
        assert load_rules(path).version != load_rules().version

    @pytest.mark.parametrize("block", blocks("ini"), ids=lambda block: block.place)
    def it_shows_settings_that_load(self, block: Any) -> None:
        shown = dotenv_values(stream=StringIO(block.text))

        assert load_settings({"HOST": "0.0.0.0", **shown}).host == "0.0.0.0"


class DescribeCommands:
    def it_is_of_a_known_kind(self) -> None:
        assert {command.split()[0] for command, _ in SHELL} == {"curl", "make", "growth"}

    @pytest.mark.parametrize("line", MAKE)
    def it_makes_what_can_be_made(self, line: str) -> None:
        environ = {name: value for name, value in os.environ.items() if "MAKE" not in name}
        told = ["make", "-n", *shlex.split(line)[1:]]

        done = subprocess.run(told, cwd=ROOT, env=environ, capture_output=True, text=True)

        assert done.returncode == 0, done.stderr

    def it_names_commands_and_options_that_are_there(self) -> None:
        for line in GROWTH:
            parse_growth(shlex.split(line)[1:])

    def it_lists_every_command(self) -> None:
        assert {shlex.split(command)[1] for command in RUNNABLE} == set(main.commands)

    @pytest.mark.parametrize("line", BESIDE)
    def it_works_beside_the_service(self, line: str, server: Server, tmp_path: Path) -> None:
        name, *options = shlex.split(line)[1:]
        if name == "import":
            file = tmp_path / options.pop()
            [csv] = [block for block in blocks("csv") if block.document.name == "importing.md"]
            file.write_text(csv.text, "utf-8")
            options.append(str(file))

        done = server.growth(name, *options, *SMALL.get(name, []), **NEEDED.get(name, {}))

        assert done.returncode == 0, done.stdout + done.stderr


def parse_growth(args: list[str]) -> None:
    """Fail unless the command line has this command with these options."""
    if args[0] in ("--help", "…"):
        return
    assert args[0] in main.commands, f"growth {args[0]}"
    if len(args) == 1 or args[0] == "restore":  # the file to restore does not exist
        return
    with click.Context(main) as parent:
        main.commands[args[0]].make_context(args[0], args[1:], parent=parent)
