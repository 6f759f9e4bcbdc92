"""Rule 1: finds the evidence in a pageview of where the visitor came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from growth.attribution.rules import EXCLUDED, Rules, Source
from growth.attribution.sources import name_of_source, source_of_host
from growth.attribution.tags import REFERRALS, Parameters, campaign_of, parameters_of
from growth.attribution.urls import has_public_suffix, parents, split_host, split_url

CACHED_READINGS = 4096
MIN_NAME_LENGTH = 3
"""Values of `ref` and `source` with fewer characters name no source: `?ref=x` is not x.com."""

_REFERRER_SCHEMES = frozenset({"http", "https", "android-app", "ios-app"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence in one pageview of where the visitor came from.

    campaign         (("gclid", "Cj0K…"), ("utm_source", "google")), sorted by name
    referrer         the host of an external referrer: "google.de"
    is_known_source  whether `referrer` is a host of a known source

    `campaign` has the tags, the click ids, `ref` and `source`.
    """

    campaign: tuple[tuple[str, str], ...]
    referrer: str | None
    is_known_source: bool

    @property
    def is_direct(self) -> bool:
        return not self.campaign and self.referrer is None


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything in a pageview's URL and referrer that decides the origin of a visit.

    host      the host of the page
    path      the path of the page
    campaign  the values of tags, click ids, `ref` and `source`, by name
    source    the known source of the referrer
    """

    host: str
    path: str
    campaign: Mapping[str, str]
    source: Source | None
    evidence: Evidence


def evidence_of(url: str, referrer_url: str | None, rules: Rules) -> Evidence:
    """Return the evidence in a page's URL and referrer (docs/attribution.md, rule 1)."""
    return read(url, referrer_url, rules).evidence


@lru_cache(maxsize=CACHED_READINGS)
def read(url: str, referrer_url: str | None, rules: Rules) -> Reading:
    """Read a page's URL and referrer. Never raises."""
    page = split_url(url)
    path = page.path or "/"
    sent = parameters_of(page)
    referrer = _referrer_host(referrer_url)
    is_internal = bool(referrer) and _is_own(referrer, page.host, rules)
    campaign = campaign_of(sent, rules)
    for name in REFERRALS:
        if name in campaign and (
            is_internal or not _names_a_referrer(campaign[name], page.host, rules)
        ):
            del campaign[name]
    if is_internal or (referrer and is_return(path, sent, rules)):
        referrer = ""
    source = source_of_host(referrer, rules) if referrer else None
    if source and source.kind == EXCLUDED:
        referrer, source = "", None
    evidence = Evidence(tuple(sorted(campaign.items())), referrer or None, source is not None)
    return Reading(page.host, path, campaign, source, evidence)


def _referrer_host(referrer_url: str | None) -> str:
    if not referrer_url:
        return ""
    referrer = split_url(referrer_url)
    return referrer.host.removeprefix("www.") if referrer.scheme in _REFERRER_SCHEMES else ""


def _is_own(referrer: str, host: str, rules: Rules) -> bool:
    same_site = bool(host) and split_host(referrer)[0] == split_host(host)[0]
    return same_site or any(parent in rules.site_hosts for parent in parents(referrer))


def _names_a_referrer(text: str, host: str, rules: Rules) -> bool:
    """Whether `text`, a value of `ref` or `source`, names a known source or an external host."""
    name = name_of_source(text, rules)
    if not name.host:
        return name.source is not None and len(text) >= MIN_NAME_LENGTH
    if _is_own(name.host, host, rules):
        return False
    found = source_of_host(name.host, rules)
    return found.kind != EXCLUDED if found else has_public_suffix(name.host)


def is_return(path: str, sent: Parameters, rules: Rules) -> bool:
    """Whether a page's path or parameters show that a log-in or payment sent the visitor back."""
    return is_return_path(path, rules) or is_answer(sent, rules)


def is_return_path(path: str, rules: Rules) -> bool:
    """Whether an entry of GROWTH_RETURN_PATHS, such as `/checkout/*`, matches the path."""
    return path in rules.return_paths or path.startswith(rules.return_starts)


def is_answer(sent: Parameters, rules: Rules) -> bool:
    """Whether a log-in or payment added some of the parameters, such as `code` and `state`."""
    names = {name for name, value in sent if value}
    return any(others <= names for name in names for others in rules.answers.get(name, ()))
