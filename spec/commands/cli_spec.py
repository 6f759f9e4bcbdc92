"""The command line: growth migrate, seed, routes, webhook-url, and the help of all commands."""

import os
import re
import shlex
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from peewee import fn

from growth.commands.main import SECTIONS, main
from growth.database.statements import database
from growth.database.tables import CostRecord, EventRecord, PageviewRecord
from growth.schemas.times import parse_time

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new working folder, and an environment without settings."""
    for name in list(os.environ):
        if name.startswith("GROWTH_") or name in ("HOST", "PORT", "DATABASE_URL"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "db").mkdir()
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Iterator[Run]:
    def invoke(*words: str, **environ: str) -> Result:
        return CliRunner().invoke(main, words, env=environ, prog_name="growth")

    yield invoke
    if database.obj is not None:
        database.end()


class DescribeMigrate:
    def it_makes_the_database_and_says_what_it_applied(self, run: Run, folder: Path) -> None:
        result = run("migrate")

        assert result.exit_code == 0
        assert result.output.startswith("applied 0001_initial\n")
        assert (folder / "db" / "growth.db").is_file()

    def it_has_nothing_to_apply_the_second_time(self, run: Run) -> None:
        run("migrate")

        assert run("migrate").output == "nothing to apply\n"
        assert run("migrate", "--quiet").output == ""

    def it_follows_the_settings(self, run: Run, folder: Path) -> None:
        run("migrate", DATABASE_URL="sqlite:///other.db")

        assert (folder / "other.db").is_file()

    def it_refuses_a_newer_database(self, run: Run, folder: Path) -> None:
        run("migrate")
        with closing(sqlite3.connect("db/growth.db", isolation_level=None)) as connection:
            connection.execute("INSERT INTO schema_migrations VALUES (99, '9999_later', '2031')")

        result = run("migrate")

        assert result.exit_code == 1
        assert "newer than this version of growth: it has 9999_later" in result.output

    def it_tells_a_locked_database_without_a_traceback(self, run: Run, folder: Path) -> None:
        with closing(sqlite3.connect("db/growth.db", isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = wal")
            connection.execute("BEGIN IMMEDIATE")

            result = run("migrate")

        assert result.exit_code == 1
        assert result.output == "Error: the database cannot be used: database is locked\n"


class DescribeSeed:
    def it_adds_traffic_once_and_answers_three_questions(self, run: Run) -> None:
        run("migrate")

        first, again = (run("seed", "--visitors", "250") for _ in range(2))

        assert first.exit_code == again.exit_code == 0
        stored, known = counted(first)
        assert stored > 250
        assert known == 0
        assert counted(again) == (0, stored)
        facts = (PageviewRecord, EventRecord, CostRecord)
        assert sum(record.select().count() for record in facts) == stored
        assert CostRecord.select().count() > 50
        for question in ("by=channel", "by=campaign&event=purchase&sort=-roi", "user_id="):
            assert re.search(
                rf"curl 'http://127.0.0.1:8000/attribution\?\S*{question}", first.output
            )
        assert " visits " in first.output
        assert re.search(r"\w+ +[\d.]+ (EUR|USD) for +[\d.]+  roi [+-]\d+%", first.output)

        assert first.output.endswith("Look at it: http://127.0.0.1:8000/\n")

    def it_ends_when_it_is_told_to(self, run: Run) -> None:
        run("migrate")
        words = ("seed", "--visitors", "20", "--days", "9", "--until", "2026-11-25T18:00:00")

        assert counted(run(*words))[0] > 20
        [[last]] = EventRecord.select(fn.MAX(EventRecord.created_at)).tuples()
        assert parse_time("2026-11-16T18:00:00Z") < last <= parse_time("2026-11-25T18:00:00Z")

    def it_adds_other_traffic_for_another_number(self, run: Run) -> None:
        run("migrate")
        run("seed", "--visitors", "5", "--days", "1")

        stored, known = counted(run("seed", "--visitors", "5", "--days", "1", "--seed", "2"))

        assert stored > 0
        assert known == 0

    def it_needs_a_migrated_database(self, run: Run) -> None:
        result = run("seed")

        assert result.exit_code == 1
        assert "run: growth migrate" in result.output

    @pytest.mark.parametrize("words", [("--visitors", "0"), ("--days", "3651"), ("--seed", "x")])
    def it_bounds_its_options(self, run: Run, words: tuple[str, str]) -> None:
        result = run("seed", *words)

        assert result.exit_code == 2
        assert words[0] in result.output


def counted(result: Result) -> tuple[int, int]:
    """How many facts `growth seed` stored, and how many were known already."""
    found = re.search(r"stored (\d+), known already (\d+)", result.output)
    assert found, result.output
    return int(found[1]), int(found[2])


class DescribeRoutes:
    def it_prints_the_route_table(self, run: Run) -> None:
        lines = run("routes").output.splitlines()

        assert [line.split()[:2] for line in lines] == [
            ["GET", "/"],
            ["GET", "/assets/{name}"],
            ["POST", "/pageviews"],
            ["POST", "/events"],
            ["POST", "/costs"],
            ["POST", "/webhooks/google-ads"],
            ["GET", "/webhooks/meta"],
            ["POST", "/webhooks/meta"],
            ["POST", "/webhooks/segment"],
            ["POST", "/webhooks/segment/{path:path}"],
            ["GET", "/growth.js"],
            ["POST", "/erasures"],
            ["GET", "/attribution"],
            ["GET", "/healthz"],
            ["GET", "/metrics"],
            ["GET", "/openapi.json"],
            ["GET", "/docs"],
            ["GET", "/docs/{name}"],
        ]
        purposes = {line.split(maxsplit=2)[1]: line.split(maxsplit=2)[2] for line in lines}
        assert purposes["/costs"] == "Store costs: what was spent on a campaign on a day."
        assert len(set(purposes.values())) == len(purposes)


def group_of(words: tuple[str, ...]) -> click.Group:
    group = COMMANDS[words]
    assert isinstance(group, click.Group)
    return group


def commands(at: click.Command, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], click.Command]:
    """A command and all its subcommands. The keys are the words after `growth`."""
    found = {path: at}
    for name, each in at.commands.items() if isinstance(at, click.Group) else ():
        found |= commands(each, (*path, name))
    return found


COMMANDS = commands(main)


class DescribeAnyCommand:
    @pytest.mark.parametrize("words", [("migrate",), ("seed",), ("routes",), ("serve",)])
    def it_refuses_a_bad_setting(self, run: Run, words: tuple[str]) -> None:
        result = run(*words, PORT="web", GROWTH_LOOKBACK="1")

        assert result.exit_code == 1
        assert "PORT='web': Must be a whole number from 1 to 65535." in result.output
        assert "GROWTH_LOOKBACK: there is no such setting" in result.output

    @pytest.mark.parametrize(
        ("name", "value"), [("GROWTH_SOURCES", "sources.toml"), ("GROWTH_SITE_HOSTS", "https://")]
    )
    def it_refuses_rules_that_cannot_be_read(
        self, run: Run, folder: Path, name: str, value: str
    ) -> None:
        (folder / "sources.toml").write_text("[sources", "utf-8")

        result = run("routes", **{name: value})

        assert result.exit_code == 1
        assert name in result.output
        assert "Traceback" not in result.output

    @pytest.mark.parametrize(
        "words",
        [
            ("seed",),
            ("import", "costs", __file__),
            ("rebuild",),
            ("rebuild", "--check"),
            ("erase", "--user", "u-1"),
            ("purge",),
            ("rejects", "list"),
            ("rejects", "drop", "--all"),
            ("backup", "copy.db"),
            ("distribute",),
            ("copy", "--from", "sqlite:///a.db", "--to", "sqlite:///db/growth.db"),
        ],
    )
    def it_makes_no_database_and_names_the_one_it_lacks(
        self, run: Run, folder: Path, words: tuple[str, ...]
    ) -> None:
        result = run(*words, GROWTH_RETENTION_DAYS="30")

        assert result.exit_code == 1
        missing = "a.db" if words[0] == "copy" else "db/growth.db"
        assert result.output == (
            f"Error: there is no {missing}; to create it, run: growth migrate\n"
        )
        assert [*folder.iterdir(), *(folder / "db").iterdir()] == [folder / "db"]

    @pytest.mark.parametrize("words", [(), ("export",), ("rejects",)])
    def it_has_a_summary_that_is_not_cut(self, run: Run, words: tuple[str, ...]) -> None:
        told = run(*words, "--help").output
        listed = re.findall(r"^  ([a-z][\w-]+)  +(.*)$", told, re.MULTILINE)

        assert len(listed) >= len(group_of(words).commands)
        assert all(summary.endswith(".") and "..." not in summary for _, summary in listed)

    def it_has_a_section_in_the_help(self, run: Run) -> None:
        told = run("--help").output

        placed = [name for names in SECTIONS.values() for name in names]
        assert set(main.commands) <= set(placed)
        assert "Others" not in told
        assert all(f"{title}:" in told for title in SECTIONS)

    @pytest.mark.parametrize("path", COMMANDS)
    def it_has_an_example_that_can_be_given(self, path: tuple[str, ...]) -> None:
        epilog = " ".join((COMMANDS[path].epilog or "").split())

        _, found, example = epilog.rpartition("Example: ")

        assert found
        words = [word for word in shlex.split(example) if "=" not in word or word[0] == "-"]
        assert words[: len(path) + 1] == ["growth", *path] or not path
        given = [name for name in COMMANDS if tuple(words[1 : 1 + len(name)]) == name]
        command, rest = COMMANDS[max(given, key=len)], words[1 + len(max(given, key=len)) :]
        command.make_parser(click.Context(command)).parse_args(rest)

    def it_tells_the_exit_codes(self, run: Run) -> None:
        assert re.findall(r"^ +([012])  \w", run("--help").output, re.MULTILINE) == ["0", "1", "2"]

    def it_has_help_and_a_version(self, run: Run) -> None:
        assert "serve" in run("-h").output
        assert re.search(r"\d+\.\d+", run("--version").output)


class DescribeWebhookUrl:
    @pytest.mark.parametrize(
        ("platform", "environ", "lines"),
        [
            (
                "google-ads",
                {"GROWTH_GOOGLE_ADS_KEY": "a-key"},
                ["URL           http://127.0.0.1:8000/webhooks/google-ads", "key           a-key"],
            ),
            (
                "meta",
                {"GROWTH_META_APP_SECRET": "s", "GROWTH_META_VERIFY_TOKEN": "t", "PORT": "8001"},
                [
                    "URL           http://127.0.0.1:8001/webhooks/meta",
                    "verify token  t",
                    "app secret    s",
                ],
            ),
            (
                "segment",
                {"GROWTH_SEGMENT_WRITE_KEYS": "k1,k2"},
                ["URL           http://127.0.0.1:8000/webhooks/segment", "write key     k1, k2"],
            ),
        ],
    )
    def it_prints_the_url_and_the_key(
        self, run: Run, platform: str, environ: dict[str, str], lines: list[str]
    ) -> None:
        assert run("webhook-url", platform, **environ).output.splitlines() == lines

    def it_prints_the_tag_of_the_tracker_as_it_is_seen_from_outside(self, run: Run) -> None:
        origins = "https://www.shop.example,https://app.shop.example"

        told = run(
            "webhook-url",
            "tracker",
            "--base=https://growth.example/",
            GROWTH_TRACKER_ORIGINS=origins,
        ).output

        assert told.startswith("URL           https://growth.example/growth.js\n")
        assert "https://www.shop.example, https://app.shop.example\n" in told
        assert '<script async src="https://growth.example/growth.js"></script>\n' in told

    @pytest.mark.parametrize(
        "base",
        [
            *("growth.example", "//growth.example", "ftp://growth.example", "https://", "http:/x"),
            *("https://u:p@h", "https://h:0", "https://h:99999", "https://h:", "https://[::1"),
            *("https://[1:2]", "https://a..b", "https://a b", 'https://"><b', 'https://h/"><b'),
            *("https://h/?q=1", "https://h?q=1", "https://h/#a", "https://h/%zz", "https://h/\n"),
        ],
    )
    def it_refuses_a_base_that_is_not_an_origin_and_a_path(self, run: Run, base: str) -> None:
        result = run("webhook-url", "meta", "--base", base)

        assert result.exit_code == 2
        assert f"{base!r} must be http:// or https://, a host" in result.output

    @pytest.mark.parametrize(
        "base",
        [
            *("https://growth.example", "HTTPS://Growth.Example:8443", "http://127.0.0.1:65535"),
            *("http://[::1]:80", "https://shop.example/growth", "https://h/a%20b/c"),
        ],
    )
    def it_takes_an_origin_and_a_path(self, run: Run, base: str) -> None:
        result = run("webhook-url", "google-ads", "--base", f"{base}/", GROWTH_GOOGLE_ADS_KEY="k")

        assert result.output.startswith(f"URL           {base}/webhooks/google-ads\n")

    def it_escapes_the_url_in_the_tag(self, run: Run) -> None:
        words = ("webhook-url", "tracker", "--base=https://h/a&b'")

        told = run(*words, GROWTH_TRACKER_ORIGINS="https://h").output

        assert told.endswith('src="https://h/a&amp;b&#x27;/growth.js"></script>\n')

    @pytest.mark.parametrize("platform", ["google-ads", "meta", "segment", "tracker"])
    def it_says_what_is_not_set(self, run: Run, platform: str) -> None:
        result = run("webhook-url", platform)

        assert result.exit_code == 1
        assert re.search("GROWTH_[A-Z_]+ is not set: the URL would accept nothing", result.output)
