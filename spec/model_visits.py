"""Rules 1, 2, 3, 5 and 10 of the oracle: the origins of pages, and how pages make up visits.

Rules 1, 3 and 10 know only the hosts and tags that model_histories.py uses. This module imports
nothing of growth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

TIMEOUT = 30 * 60 * 1_000_000

OWN = {"shop.example.com", "help.example.com"}
EXCLUDED = {"checkout.stripe.com"}
KNOWN = {"google.com": "google", "bing.com": "bing"}
"""The sources of known hosts. The host blog.example.org, which histories use, is unknown."""

CHANNELS = {
    ("direct", None): "Direct",
    ("google", "organic"): "Organic Search",
    ("bing", "organic"): "Organic Search",
    ("google", "cpc"): "Paid Search",
    ("facebook", "paid"): "Paid Social",
    ("news", "email"): "Email",
    ("blog.example.org", "referral"): "Referral",
}
"""The channel of each source and medium."""

TAGS = {"utm_source", "utm_medium", "utm_campaign", "gclid"}


@dataclass(frozen=True)
class Page:
    """A pageview; `at` is in microseconds."""

    visitor: str
    at: int
    url: str
    referrer_url: str | None = None
    user: str | None = None


class Origin(NamedTuple):
    channel: str
    source: str | None
    medium: str | None
    campaign: str | None


UNATTRIBUTED = Origin("Unattributed", None, None, None)


def tags(page: Page) -> dict[str, str]:
    """Rule 1: tags and click ids in the page's URL are campaign evidence."""
    return {name: value for name, value in parse_qsl(urlsplit(page.url).query) if name in TAGS}


def referrer(page: Page) -> str | None:
    """Rule 1: the host of an external referrer is referrer evidence."""
    host = urlsplit(page.referrer_url or "").hostname
    return None if host in OWN | EXCLUDED or host is None else host.removeprefix("www.")


def is_direct(page: Page) -> bool:
    return not tags(page) and referrer(page) is None


def origin(page: Page) -> Origin:
    """Rules 3 and 10: a tag wins over a click id, a click id over the referrer."""
    sent, host = tags(page), referrer(page)
    if "utm_source" in sent:
        source, medium = sent["utm_source"], sent["utm_medium"]
    elif "gclid" in sent:
        source, medium = "google", "cpc"
    elif host in KNOWN:
        source, medium = KNOWN[host], "organic"
    else:
        source, medium = (host, "referral") if host else ("direct", None)
    return Origin(CHANNELS[source, medium], source, medium, sent.get("utm_campaign"))


def page_rank(page: Page) -> tuple[Any, ...]:
    """Rule 5: pages are ordered by time; at the same time, pages with evidence come first."""
    return page.at, is_direct(page), page.url, page.referrer_url or ""


def begins(page: Page, visit: Sequence[Page]) -> bool:
    """Rule 2: whether the next page after a visit begins another visit."""
    start, host = visit[0], referrer(page)
    return (
        page.at - visit[-1].at >= TIMEOUT
        or not tags(page).items() <= tags(start).items()
        or (host in KNOWN and host != referrer(start))
    )


def runs(pages: Sequence[Page]) -> list[list[Page]]:
    """Rule 2: the pages of one visitor, cut into visits."""
    found: list[list[Page]] = []
    for page in sorted(pages, key=page_rank):
        if not found or begins(page, found[-1]):
            found.append([])
        found[-1].append(page)
    return found
