"""Reads and checks tables of rules: those in config/ and those in the operator's file."""

import re
from collections.abc import Iterable, Mapping
from re import Pattern
from typing import Any

from growth.attribution.rules import EXCLUDED, ChannelRule, ClickId, Source
from growth.attribution.urls import normalise_host

Table = Mapping[str, Any]
SourceTable = dict[str, tuple[str, tuple[str, ...]]]  # name → kind, hosts and aliases

APPS = ("android-app://", "ios-app://")
CLICK_ID_KEYS = ("platform", "source", "medium", "ad", "also", "frames")
CHANNEL_KEYS = ("name", "kind", "paid", "source", "medium", "campaign")


def read_sources(kinds: Any, media: Table, where: str) -> SourceTable:
    """Read `{kind: {name: [pattern]}}`. Raises ValueError, which says where the mistake is."""
    found: SourceTable = {}
    for kind, sources in as_table(kinds, where, (*media, EXCLUDED)).items():
        for name, patterns in as_table(sources, f"{where} [{kind}]").items():
            at = f"{where} [{kind}] {name}"
            if name.lower() in found:
                raise ValueError(f"{at}: is already in [{found[name.lower()][0]}]; list it once")
            listed = _texts(patterns, at)
            found[name.lower()] = kind, tuple(_host_pattern(each, at) for each in listed)
    return found


def read_click_ids(tables: Any, where: str) -> dict[str, ClickId]:
    """Read `{name: {platform, source, medium, ad, also?, frames?}}`. Raises ValueError."""
    return {
        name.lower(): _click_id(table, f"{where} [{name}]")
        for name, table in as_table(tables, where).items()
    }


def read_channels(tables: Any, media: Table, where: str) -> list[ChannelRule]:
    """Read a list of `{name, kind?, paid?, source?, medium?, campaign?}`. Raises ValueError."""
    if not isinstance(tables, list):
        raise ValueError(f"{where} channels: must be written as [[channels]]")
    return [_channel(table, media, f"{where} [[channels]]") for table in tables]


def read_tags(table: Any, where: str) -> dict[str, str]:
    """Read `{tag: [other names]}` into `{name: tag}`. Each tag also maps to itself."""
    tags = {tag: _texts(names, f"{where} {tag}") for tag, names in as_table(table, where).items()}
    return {name.lower(): tag for tag, names in tags.items() for name in (tag, *names)}


def read_answers(table: Any, where: str) -> dict[str, tuple[frozenset[str], ...]]:
    """Read `{kind: ["code&state"]}` into `{"code": ({"state"},)}`.

    `code&state` stands for URLs that have both parameters. The result maps the name of the first
    parameter to the names of the others.
    """
    found: dict[str, tuple[frozenset[str], ...]] = {}
    for kind, answers in as_table(table, where).items():
        for answer in _texts(answers, f"{where} {kind}"):
            first, *others = answer.lower().split("&")
            found[first] = (*found.get(first, ()), frozenset(others))
    return found


def index_sources(sources: SourceTable, media: Table) -> dict[str, dict[str, Source]]:
    """Index sources by name, host, brand and label. If sources share a key, the last one counts."""
    found: dict[str, dict[str, Source]] = {
        index: {} for index in ("names", "hosts", "brands", "labels", "label_starts")
    }
    for name, (kind, patterns) in sources.items():
        source = Source(name, kind, media.get(kind, EXCLUDED))
        for pattern in (name, *patterns):
            index, key = _index_of(pattern)
            if index != "names" or kind != EXCLUDED:
                found[index][key] = source
    return found


def _index_of(pattern: str) -> tuple[str, str]:
    """The name of the index that a pattern belongs to, and the pattern's key in that index."""
    if pattern.endswith("*.**"):
        return "label_starts", pattern.removesuffix("*.**")
    if pattern.endswith(".**"):
        return "labels", pattern.removesuffix(".**")
    if pattern.endswith(".*"):
        return "brands", pattern.removesuffix(".*")
    return ("hosts" if "." in pattern else "names"), pattern


def read_pattern(text: Any, at: str) -> Pattern[str]:
    """Compile a regular expression that ignores case. Raises ValueError."""
    try:
        return re.compile(text, re.IGNORECASE)
    except (re.error, TypeError) as ex:
        raise ValueError(f"{at}: {text!r} is not a regular expression: {ex}") from ex


def as_table(value: Any, at: str, allowed: Iterable[str] | None = None) -> Table:
    """Return `value`. Raises ValueError if it is not a table or has a key that is not allowed."""
    if not isinstance(value, dict):
        raise ValueError(f"{at}: must be a table, not {value!r}")
    if allowed is not None and (unknown := value.keys() - set(allowed)):
        raise ValueError(
            f"{at}: {', '.join(sorted(unknown))} is unknown; allowed are {', '.join(allowed)}"
        )
    return value


def _host_pattern(pattern: str, at: str) -> str:
    """Normalise an alias or a pattern.

    Patterns are `Google.*`, `acs*.**`, `bücher.de` and `android-app://com.Slack`.
    """
    text = pattern.strip().lower()
    for app in APPS:
        text = text.removeprefix(app)
    if text and "." not in text:
        return text
    ending = next((each for each in ("*.**", ".**", ".*") if text.endswith(each)), "")
    host = normalise_host(text.removesuffix(ending).removeprefix("www."))
    if not host or ("**" in ending and "." in host):
        raise ValueError(
            f"{at}: {pattern!r} is not a host; allowed are example.com, example.*, label.**,"
            " label*.**, android-app://com.example and an alias without a dot"
        )
    return f"{host}{ending}"


def _click_id(table: Any, at: str) -> ClickId:
    as_table(table, at, CLICK_ID_KEYS)
    if not isinstance(table.get("ad"), bool):
        raise ValueError(f"{at} ad: must be true if only ads carry the click id, else false")
    return ClickId(
        platform=_text(table, "platform", at),
        source=_text(table, "source", at).lower(),
        medium=_text(table, "medium", at).lower(),
        ad=table["ad"],
        also=tuple(name.lower() for name in _texts(table.get("also", []), f"{at} also")),
        frames=tuple(name.lower() for name in _texts(table.get("frames", []), f"{at} frames")),
    )


def _channel(table: Any, media: Table, at: str) -> ChannelRule:
    as_table(table, at, CHANNEL_KEYS)
    name, kind, paid = _text(table, "name", at), table.get("kind"), table.get("paid")
    at = f"{at} {name!r}"
    if kind is not None and kind not in media:
        raise ValueError(f"{at} kind: {kind!r} is unknown; allowed are {', '.join(media)}")
    if paid not in (None, True, False):
        raise ValueError(f"{at} paid: must be true or false")
    if len(table) == 1:
        raise ValueError(f"{at}: needs at least one of {', '.join(CHANNEL_KEYS[1:])}")
    patterns = {
        key: read_pattern(table[key], f"{at} {key}")
        for key in ("source", "medium", "campaign")
        if key in table
    }
    return ChannelRule(name, kind, paid, **patterns)


def _text(table: Table, key: str, at: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{at} {key}: must be given as a text that is not empty")
    return value.strip()


def _texts(value: Any, at: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError(f"{at}: must be a list of texts, such as ['example.com']")
    return value
