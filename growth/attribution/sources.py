"""Finding the known source behind a host or a name."""

from functools import lru_cache

from growth.attribution.rules import EXCLUDED, Rules, Source
from growth.attribution.urls import normalise_host, parents, split_host


@lru_cache(maxsize=8192)
def source_of_host(host: str, rules: Rules) -> Source | None:
    """Find the source of a host, the most specific first: mail.google.com before google.*."""
    stem = split_host(host)[1]
    for parent in parents(host):
        if found := rules.hosts.get(parent) or rules.brands.get(stem):
            return found
        stem = stem.partition(".")[2]
    return None


def source_named(name: str, rules: Rules) -> Source | None:
    """Find the source that `utm_source`, `ref` or a click id names: `fb`, `Facebook`, `t.co`."""
    name = name.lower()
    if (found := rules.names.get(name)) or "." not in name:
        return found
    host = normalise_host(name)
    found = source_of_host(host.removeprefix("www."), rules) if host else None
    return found if found and found.kind != EXCLUDED else None
