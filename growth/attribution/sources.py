"""Finds the known source of a host or a name."""

import re
from functools import lru_cache
from typing import NamedTuple

from growth.attribution.rules import EXCLUDED, Rules, Source
from growth.attribution.urls import normalise_host, parents, split_host, split_url

_SEPARATORS = re.compile(r"[ _-]")
_ADS = re.compile(r"(.+?)[ _-]?ads?")  # facebook_ads, google ad
# A host without a scheme, perhaps with a port and a path: blog.org, blog.org:81/post, not v1.0/a.
_HOST_AND_PATH = re.compile(
    r"([^/?#@:\s]+\.[a-z][a-z0-9-]*[a-z0-9])(?::\d+)?(?:[/?#].*)?", re.DOTALL
)


class Named(NamedTuple):
    """The meaning of the text in `utm_source`, `ref` or `source`.

    text                          name              source    host              is_ads
    fb                            facebook          facebook                    False
    google_ads                    google            google                      True
    https://m.facebook.com/       facebook          facebook  m.facebook.com    False
    https://blog.example.org/post blog.example.org  None      blog.example.org  False
    March newsletter              march newsletter  None                        False
    """

    name: str
    source: Source | None = None
    host: str = ""
    is_ads: bool = False


@lru_cache(maxsize=8192)
def source_of_host(host: str, rules: Rules) -> Source | None:
    """Find the known source of a host. The longest match decides: mail.google.com, not google.*."""
    site, stem = split_host(host)
    suffix = host[len(stem) + 1 :] if stem else ""
    is_below = host != site
    for parent in parents(host):
        is_below = is_below and parent != site
        found = (
            rules.hosts.get(parent)
            or (_is_of_a_country(suffix) and rules.brands.get(stem))
            or (is_below and _source_of_label(parent.partition(".")[0], rules))
        )
        # A parent that is shorter than the site is a public suffix, such as myshopify.com. The
        # sites below it belong to customers, so the source of the suffix is not their source. Only
        # sources of the kind `excluded` count for the sites below, too.
        if found and (len(parent) >= len(site) or found.kind == EXCLUDED):
            return found
        stem = stem.partition(".")[2]
    return None


@lru_cache(maxsize=8192)
def name_of_source(text: str, rules: Rules) -> Named:
    """Read the text in `utm_source`, `ref` or `source`. An unknown name is put in lower case."""
    text = text.lower()
    if found := rules.names.get(text):
        return Named(found.name, found)
    if found := _advertiser(text, rules):
        return Named(found.name, found, is_ads=True)
    host = _host_in(text)
    found = source_of_host(host, rules) if host else None
    if found and found.kind != EXCLUDED:
        return Named(found.name, found, host)
    is_address = any(mark in text for mark in "/?#")
    return Named(host if host and is_address else text, None, host)


def _advertiser(text: str, rules: Rules) -> Source | None:
    """Find the source of a name that means ads: `adwords`, `google_ads`, `facebook ad`."""
    if found := rules.ad_names.get(_SEPARATORS.sub("", text)):
        return found
    match = _ADS.fullmatch(text)
    return rules.names.get(match[1]) if match else None


def _host_in(text: str) -> str:
    """Return the host of a URL, with or without a scheme. Empty if `text` is not a URL."""
    if "//" in text:
        return split_url(text).host.removeprefix("www.")
    match = _HOST_AND_PATH.fullmatch(text)
    return normalise_host(match[1]).removeprefix("www.") if match else ""


def _is_of_a_country(suffix: str) -> bool:
    """Whether a public suffix is `com` or ends with a country, such as `de` and `co.uk`."""
    return suffix == "com" or len(suffix.rpartition(".")[2]) == 2


def _source_of_label(label: str, rules: Rules) -> Source | None:
    if found := rules.labels.get(label):
        return found
    return next((it for start, it in rules.label_starts.items() if label.startswith(start)), None)
