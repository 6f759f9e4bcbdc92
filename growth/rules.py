"""Loads the rules from our data in config/, the operator's file and the settings."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from growth.attribution.rulebook import (
    SourceTable,
    Table,
    as_table,
    index_sources,
    read_answers,
    read_channels,
    read_click_ids,
    read_pattern,
    read_sources,
    read_tags,
)
from growth.attribution.rules import EXCLUDED, ChannelRule, ClickId, Rules, Source
from growth.attribution.urls import normalise_host, split_url

OPERATOR_TABLES = ("sources", EXCLUDED, "click_ids", "channels")

REVISION = 1
"""Add 1 if new code in growth/attribution/ derives other visits or credits from the same facts.

A changed REVISION makes growth report that a rebuild is due.
"""


@dataclass
class _Book:
    """Our rules, the operator's rules, or both merged."""

    sources: SourceTable
    click_ids: dict[str, ClickId]
    channels: list[ChannelRule]


def load_rules(
    extra: Path | None = None,
    site_hosts: Iterable[str] = (),
    return_paths: Iterable[str] = (),
) -> Rules:
    """Load the rules in force.

    `extra` is the operator's TOML file. Entries of this file replace ours of the same name.
    `site_hosts` are further hosts of the site. Referrers on these hosts and on their subdomains
    count as the site's own. `return_paths` are paths of pages, exact or ending in `*`. Referrers of
    pages with these paths are ignored. Raises ValueError if an entry is wrong. The
    message names the file, the table, the key and the allowed values.
    """
    channels, evidence = _our_table("channels.toml"), _our_table("evidence.toml")
    media = channels["media"]
    paid_medium = read_pattern(channels["paid"]["medium"], "channels.toml [paid] medium")
    book = _our_book(channels["channels"], media)
    if extra is not None:
        _merge(book, _operator_book(extra, media))
    own = sorted({_site_host(host) for host in site_hosts})
    paths = sorted(set(return_paths))
    in_force = (REVISION, media, paid_medium, evidence, book, own, paths)
    indexes = index_sources(book.sources, media)
    return Rules(
        version=sha256(repr(in_force).encode()).hexdigest()[:12],
        **indexes,
        ad_names=_ad_names(evidence["ad_names"], indexes["names"]),
        click_ids=book.click_ids,
        tags=read_tags(evidence["tags"], "evidence.toml [tags]"),
        answers=read_answers(evidence["answers"], "evidence.toml [answers]"),
        channels=tuple(book.channels),
        paid_medium=paid_medium,
        site_hosts=frozenset(own),
        return_paths=frozenset(path for path in paths if not path.endswith("*")),
        return_starts=tuple(path[:-1] for path in paths if path.endswith("*")),
    )


def _ad_names(table: Table, names: Mapping[str, Source]) -> dict[str, Source]:
    """The source of each ad name, such as `adwords`. `table` lists the ad names of each source.

    Ad names of sources that the operator removed are left out.
    """
    return {
        name: names[source]
        for source, listed in table.items()
        if source in names
        for name in listed
    }


def _our_table(name: str) -> dict[str, Any]:
    return tomllib.loads(files("growth.config").joinpath(name).read_text("utf-8"))


def _our_book(channels: Any, media: Table) -> _Book:
    return _Book(
        {
            **read_sources(_our_table("sources.toml"), media, "sources.toml"),
            **read_sources({EXCLUDED: _our_table("excluded.toml")}, media, "excluded.toml"),
        },
        read_click_ids(_our_table("click_ids.toml"), "click_ids.toml"),
        read_channels(channels, media, "channels.toml"),
    )


def _operator_book(path: Path, media: Table) -> _Book:
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as ex:  # unreadable, not UTF-8 or not TOML
        raise ValueError(f"{path}: cannot be read as TOML: {ex}") from ex
    as_table(tables, str(path), OPERATOR_TABLES)
    kinds = as_table(tables.get("sources", {}), f"{path} [sources]", media)
    return _Book(
        read_sources({**kinds, EXCLUDED: tables.get(EXCLUDED, {})}, media, str(path)),
        read_click_ids(tables.get("click_ids", {}), f"{path} click_ids"),
        read_channels(tables.get("channels", []), media, str(path)),
    )


def _merge(ours: _Book, operator: _Book) -> None:
    for name in operator.sources:  # so that they come last, and their hosts replace ours
        ours.sources.pop(name, None)
    ours.sources.update(operator.sources)
    ours.click_ids.update(operator.click_ids)
    ours.channels = _merge_channels(ours.channels, operator.channels)


def _merge_channels(ours: list[ChannelRule], operator: list[ChannelRule]) -> list[ChannelRule]:
    """Our rules for channels, merged with the operator's.

    If the operator has rules for one of our channels, they replace ours, in the place of our first
    rule for this channel. The operator's rules for new channels come before all others.
    """
    known = list(dict.fromkeys(rule.channel for rule in ours))
    replaced = {rule.channel for rule in operator}.intersection(known)
    merged = [rule for rule in operator if rule.channel not in replaced]
    for rule in ours:
        if rule.channel not in replaced:
            merged.append(rule)
        elif rule.channel in known:  # our first rule for the channel; "Display" has two
            known.remove(rule.channel)
            merged += [each for each in operator if each.channel == rule.channel]
    return merged


def _site_host(text: str) -> str:
    """The host in `example.com`, `.example.com`, `*.example.com` or `https://example.com/`."""
    host = split_url(text).host if "://" in text else normalise_host(text.strip().lstrip("*."))
    if not host:
        raise ValueError(f"site hosts: {text!r} is not a host; write it like example.com")
    return host.removeprefix("www.")
