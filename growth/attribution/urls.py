"""Takes URLs and hosts apart. Even for malformed URLs, no exception is raised."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote_plus

import tldextract

# tldextract reads the list of public suffixes in its package. It fetches nothing and writes nothing
# to disk. Private suffixes are included, because two shops on myshopify.com are two sites.
_public_suffixes = tldextract.TLDExtract(
    suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True
)

MAX_PARAMETERS = 1000
MAX_HOST_LENGTH = 253  # RFC 1035, 2.3.4: 255 octets, of which 2 hold no characters

# This pattern of RFC 3986, appendix B, matches any text. It is three times as fast as urllib's
# urlsplit, which raises an exception for some texts.
_URL = re.compile(r"(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
_HOST_AND_PORT = re.compile(r"(?:\[([0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)\]|([^:]*))(?::\d*)?")
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|[0-9a-f.]*:[0-9a-f:.]*")
# Removed from URLs: line breaks and tabs, which browsers drop; NUL and halves of surrogate pairs,
# which databases refuse.
_JUNK = re.compile("[\0\t\r\n\ud800-\udfff]")


class Url(NamedTuple):
    """The parts of a URL. A missing part is empty."""

    scheme: str
    host: str
    path: str
    query: str
    fragment: str


def split_url(text: str) -> Url:
    """Split a URL into its parts. The scheme and the host are put in lower case."""
    match = _URL.match(_JUNK.sub("", text).strip())
    assert match is not None  # every part of the pattern is optional
    scheme, authority, path, query, fragment = match.groups("")
    return Url(scheme.lower(), _host_of(authority), path, query, fragment)


def normalise_host(host: str) -> str:
    """Return a host in lower-case ASCII without trailing dots. Empty if `host` is not a host."""
    host = host.lower().rstrip(".")
    if len(host) > MAX_HOST_LENGTH:
        return ""
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:  # a label is empty, too long, or has a forbidden character
            return ""
    return host if _HOST.fullmatch(host) else ""


def parameters(query: str) -> Iterator[tuple[str, str]]:
    """Yield the decoded lower-case name and the encoded value of the first 1,000 parameters."""
    for pair in query.split("&", MAX_PARAMETERS)[:MAX_PARAMETERS]:
        name, _, value = pair.partition("=")
        # Mail clients and templates may escape "&" twice: "?utm_source=a&amp;utm_medium=b".
        yield unquote_plus(name).lower().removeprefix("amp;"), value


@lru_cache(maxsize=8192)
def split_host(host: str) -> tuple[str, str]:
    """Return the site and the stem of a host.

    The site is the registrable domain. The stem is the host without its public suffix.

    shop.example.co.uk → example.co.uk, shop.example
    tenant.github.io   → tenant.github.io, ""  (no stem, because anyone can choose such a name)
    localhost, ::1     → itself, ""
    """
    parts = _public_suffixes.extract_str(f"[{host}]" if ":" in host else host)
    if parts.ipv4 or parts.ipv6:
        return host, ""
    if not parts.suffix:  # default rule of the list: an unknown last label is a suffix
        return ".".join(host.split(".")[-2:]), ""
    if not parts.domain:
        return host, ""
    stem = "" if parts.is_private else host.removesuffix("." + parts.suffix)
    return f"{parts.domain}.{parts.suffix}", stem


def has_public_suffix(host: str) -> bool:
    """Whether a host ends with a suffix of the public list: blog.org, not index.html."""
    parts = _public_suffixes.extract_str(host)
    return bool(parts.domain and parts.suffix)


def parents(host: str) -> Iterator[str]:
    """Yield the host, then its parents: a.b.com, b.com, com."""
    while host:
        yield host
        host = host.partition(".")[2]


def _host_of(authority: str) -> str:
    match = _HOST_AND_PORT.fullmatch(authority.rpartition("@")[2])
    return normalise_host(match[1] or match[2] or "") if match else ""
