"""Rules 2 and 5: when a pageview starts a new visit, and the order of pageviews and visits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from growth.attribution.evidence import Evidence, evidence_of
from growth.attribution.facts import MINUTE, Pageview, unclaimed, user_of
from growth.attribution.origin import Origin, origin_of
from growth.attribution.rules import Rules

VISIT_TIMEOUT = 30 * MINUTE

Rank = tuple[int, bool, str, str, str]


class Click(Protocol):
    """The start of a visit: a `Visit`, or a row with these columns."""

    @property
    def started_at(self) -> int: ...
    @property
    def is_direct(self) -> bool: ...
    @property
    def url(self) -> str: ...
    @property
    def referrer_url(self) -> str | None: ...
    @property
    def digest(self) -> str: ...


def rank_of(click: Click) -> Rank:
    """The sort key of a visit among the visits of a person (rule 5).

    Visits are sorted by time. Of visits that start at the same time, direct visits come last. If
    this does not decide, visits are sorted by URL, referrer and digest.
    """
    is_direct, referrer = bool(click.is_direct), click.referrer_url or ""
    return click.started_at, is_direct, click.url, referrer, click.digest


@dataclass(frozen=True, slots=True)
class Visit:
    """A run of pageviews by one visitor, from one origin. The start of the visit is a click.

    digest  the digest of the visit's first pageview
    tie     how many visits of the visitor that began in the same microsecond are before this one
    owner   the owner key of the person to whom the visit belongs (rule 6)
    rules   the version of the rules that decided the origin
    """

    fingerprint: str
    started_at: int
    digest: str
    tie: int
    last_at: int
    pageviews: int
    is_first: bool
    owner: str
    url: str
    referrer_url: str | None
    country: str | None
    is_direct: bool
    origin: Origin = field(repr=False)
    rules: str = field(repr=False)

    @property
    def user_id(self) -> str | None:
        """The user who owns the visit. None if no user does."""
        return user_of(self.owner)

    def ending(self, last_at: int, pageviews: int) -> Visit:
        """A copy of the visit with another time of its last page and another number of pageviews.

        `dataclasses.replace` would take six times as long.
        """
        return Visit(
            self.fingerprint,
            self.started_at,
            self.digest,
            self.tie,
            last_at,
            pageviews,
            self.is_first,
            self.owner,
            self.url,
            self.referrer_url,
            self.country,
            self.is_direct,
            self.origin,
            self.rules,
        )


def starts_visit(current: Visit, page: Pageview, rules: Rules) -> bool:
    """Whether `page`, the visitor's next pageview after `current`, starts a new visit (rule 2)."""
    if page.created_at - current.last_at >= VISIT_TIMEOUT:
        return True
    seen, start = (evidence_of(p.url, p.referrer_url, rules) for p in (page, current))
    return brings_campaign(seen, start) or brings_referrer(seen, start)


def brings_campaign(seen: Evidence, start: Evidence) -> bool:
    """Whether the page has a tag, click id, `ref` or `source` that the visit's first page lacks.

    A parameter with another value counts as another one.
    """
    return not set(seen.campaign) <= set(start.campaign)


def brings_referrer(seen: Evidence, start: Evidence) -> bool:
    """Whether the page's referrer is a known source, on another host than the first page's."""
    return seen.is_known_source and seen.referrer != start.referrer


def in_order(pages: Iterable[Pageview], rules: Rules) -> list[Pageview]:
    """Sort pages in the same way as `rank_of` sorts visits (rule 5)."""

    def rank(page: Pageview) -> Rank:
        is_direct = evidence_of(page.url, page.referrer_url, rules).is_direct
        return page.created_at, is_direct, page.url, page.referrer_url or "", page.digest

    tied = list(pages)
    return tied if len(tied) == 1 else sorted(tied, key=rank)


def start_visit(page: Pageview, tie: int, is_first: bool, rules: Rules) -> Visit:
    """The visit that `page` starts. Its pageviews and its owner are not known yet."""
    return Visit(
        fingerprint=page.fingerprint,
        started_at=page.created_at,
        digest=page.digest,
        tie=tie,
        last_at=page.created_at,
        pageviews=0,
        is_first=is_first,
        owner=unclaimed(page.fingerprint),
        url=page.url,
        referrer_url=page.referrer_url,
        country=page.country,
        is_direct=evidence_of(page.url, page.referrer_url, rules).is_direct,
        origin=origin_of(page.url, page.referrer_url, rules),
        rules=rules.version,
    )
