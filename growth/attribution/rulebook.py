"""Reading tables of rules, ours and the operator's, into what the classifier looks up."""

import re
from collections.abc import Iterable, Mapping
from re import Pattern
from typing import Any

from growth.attribution.rules import EXCLUDED, ChannelRule, ClickId, Source
from growth.attribution.urls import normalise_host

Table = Mapping[str, Any]
SourceTable = dict[str, tuple[str, tuple[str, ...]]]  # name → kind, hosts and aliases

APPS = ("android-app://", "ios-app://")
CLICK_ID_KEYS = ("platform", "source", "medium", "ad", "also")
CHANNEL_KEYS = ("name", "kind", "paid", "source", "medium", "campaign")


def read_sources(kinds: Any, media: Table, where: str) -> SourceTable:
    """Read `{kind: {name: [pattern]}}`; raises ValueError that says where and what is allowed."""
    found: SourceTable = {}
    for kind, sources in as_table(kinds, where, (*media, EXCLUDED)).items():
        for name, patterns in as_table(sources, f"{where} [{kind}]").items():
            at = f"{where} [{kind}] {name}"
            if name.lower() in found:
                raise ValueError(f"{at}: is already in [{found[name.lower()][0]}]; name it once")
            listed = _texts(patterns, at)
            found[name.lower()] = kind, tuple(_host_pattern(each, at) for each in listed)
    return found


def read_click_ids(tables: Any, where: str) -> dict[str, ClickId]:
    """Read `{name: {platform, source, medium, ad, also?}}`; raises ValueError."""
    return {
        name.lower(): _click_id(table, f"{where} [{name}]")
        for name, table in as_table(tables, where).items()
    }


def read_channels(tables: Any, media: Table, where: str) -> list[ChannelRule]:
    """Read a list of `{name, kind?, paid?, source?, medium?, campaign?}`; raises ValueError."""
    if not isinstance(tables, list):
        raise ValueError(f"{where} channels: must be written as [[channels]]")
    return [_channel(table, media, f"{where} [[channels]]") for table in tables]


def index_sources(sources: SourceTable, media: Table) -> dict[str, dict[str, Source]]:
    """Arrange sources by what they are looked up with; later ones win over earlier ones."""
    names: dict[str, Source] = {}
    hosts: dict[str, Source] = {}
    brands: dict[str, Source] = {}
    for name, (kind, patterns) in sources.items():
        source = Source(name, kind, media.get(kind, EXCLUDED))
        for pattern in (name, *patterns):
            if pattern.endswith(".*"):
                brands[pattern.removesuffix(".*")] = source
            elif "." in pattern:
                hosts[pattern] = source
            elif kind != EXCLUDED:
                names[pattern] = source
    return {"names": names, "hosts": hosts, "brands": brands}


def read_pattern(text: Any, at: str) -> Pattern[str]:
    """Compile a pattern that has to match a whole value in any case; raises ValueError."""
    try:
        return re.compile(text, re.IGNORECASE)
    except (re.error, TypeError) as ex:
        raise ValueError(f"{at}: {text!r} is no regular expression: {ex}") from ex


def as_table(value: Any, at: str, allowed: Iterable[str] | None = None) -> Table:
    """Return a TOML table whose keys are among those allowed; raises ValueError."""
    if not isinstance(value, dict):
        raise ValueError(f"{at}: must be a table, not {value!r}")
    if allowed is not None and (unknown := value.keys() - set(allowed)):
        raise ValueError(
            f"{at}: unknown {', '.join(sorted(unknown))}; allowed are {', '.join(allowed)}"
        )
    return value


def _host_pattern(pattern: str, at: str) -> str:
    """Normalise `Google.*`, `bücher.de`, `android-app://com.Slack` or an alias."""
    text = pattern.strip().lower()
    for app in APPS:
        text = text.removeprefix(app)
    if text and "." not in text:
        return text
    is_brand = text.endswith(".*")
    host = normalise_host(text.removesuffix(".*").removeprefix("www."))
    if not host:
        raise ValueError(
            f"{at}: {pattern!r} is no host; allowed are example.com, example.*,"
            " android-app://com.example and an alias without a dot"
        )
    return f"{host}.*" if is_brand else host


def _click_id(table: Any, at: str) -> ClickId:
    as_table(table, at, CLICK_ID_KEYS)
    if not isinstance(table.get("ad"), bool):
        raise ValueError(f"{at} ad: must be true (only ads carry it) or false")
    return ClickId(
        platform=_text(table, "platform", at),
        source=_text(table, "source", at).lower(),
        medium=_text(table, "medium", at).lower(),
        ad=table["ad"],
        also=tuple(name.lower() for name in _texts(table.get("also", []), f"{at} also")),
    )


def _channel(table: Any, media: Table, at: str) -> ChannelRule:
    as_table(table, at, CHANNEL_KEYS)
    name, kind, paid = _text(table, "name", at), table.get("kind"), table.get("paid")
    at = f"{at} {name!r}"
    if kind is not None and kind not in media:
        raise ValueError(f"{at} kind: {kind!r} is none of {', '.join(media)}")
    if paid not in (None, True, False):
        raise ValueError(f"{at} paid: must be true or false")
    if len(table) == 1:
        raise ValueError(f"{at}: needs one of {', '.join(CHANNEL_KEYS[1:])}")
    patterns = {
        key: read_pattern(table[key], f"{at} {key}")
        for key in ("source", "medium", "campaign")
        if key in table
    }
    return ChannelRule(name, kind, paid, **patterns)


def _text(table: Table, key: str, at: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{at} {key}: must be given as a text")
    return value.strip()


def _texts(value: Any, at: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError(f"{at}: must be a list of texts, such as ['example.com']")
    return value
