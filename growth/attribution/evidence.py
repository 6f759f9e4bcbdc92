"""What a pageview says about where its visitor came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, unquote_plus

from growth.attribution.rules import EXCLUDED, Rules, Source
from growth.attribution.sources import source_of_host
from growth.attribution.urls import parameters, parents, split_host, split_url

CACHED_READINGS = 4096
MAX_VALUE_LENGTH = 255  # of a utm_* value: a name to group by, and what an index can hold

REFERRAL_PARAMETERS = ("ref", "source")
_REFERRER_SCHEMES = frozenset({"http", "https", "android-app", "ios-app"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence of one pageview, as far as it decides where a visit begins.

    campaign         (("gclid", "Cj0K…"), ("utm_source", "google")), sorted by name
    referrer         the external referrer's host: "google.de"
    is_known_source  that host is a known source
    """

    campaign: tuple[tuple[str, str], ...]
    referrer: str | None
    is_known_source: bool

    @property
    def is_direct(self) -> bool:
        return not self.campaign and self.referrer is None


@dataclass(frozen=True, slots=True)
class Reading:
    """A pageview's two URLs, read once for both its evidence and its origin."""

    host: str
    path: str
    campaign: Mapping[str, str]
    source: Source | None
    evidence: Evidence


def evidence_of(url: str, referrer_url: str | None, rules: Rules) -> Evidence:
    """Return the evidence in a page's URL and referrer; design, section 4, rule 1."""
    return read(url, referrer_url, rules).evidence


@lru_cache(maxsize=CACHED_READINGS)
def read(url: str, referrer_url: str | None, rules: Rules) -> Reading:
    """Read a page's URL and referrer. No text makes it raise."""
    _, host, path, query = split_url(url)
    scheme, referrer, _, _ = split_url(referrer_url or "")
    if scheme not in _REFERRER_SCHEMES:
        referrer = ""
    referrer = referrer.removeprefix("www.")
    is_internal = bool(referrer) and _is_own(referrer, host, rules)
    source = source_of_host(referrer, rules) if referrer and not is_internal else None
    if is_internal or (source and source.kind == EXCLUDED):
        referrer, source = "", None
    campaign = _campaign(query, rules, is_internal)
    evidence = Evidence(tuple(sorted(campaign.items())), referrer or None, source is not None)
    return Reading(host, path or "/", campaign, source, evidence)


def _is_own(referrer: str, host: str, rules: Rules) -> bool:
    same_site = bool(host) and split_host(referrer)[0] == split_host(host)[0]
    return same_site or any(parent in rules.site_hosts for parent in parents(referrer))


def _campaign(query: str, rules: Rules, is_internal: bool) -> dict[str, str]:
    """Return the first non-empty value of each parameter that is campaign evidence."""
    found: dict[str, str] = {}
    for name, encoded in parameters(query):
        if not encoded or name in found:
            continue
        if name in rules.click_ids:
            value = unquote(encoded).strip()  # to the letter: a plus sign is a plus sign
        elif name.startswith("utm_") or (name in REFERRAL_PARAMETERS and not is_internal):
            value = unquote_plus(encoded).strip()[:MAX_VALUE_LENGTH]
        else:
            continue
        if value := value.replace("\0", ""):  # which no database takes
            found[name] = value
    return found
