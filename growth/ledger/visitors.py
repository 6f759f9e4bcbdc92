"""Brings one visitor up to date: its visits, whom they belong to, and whose its events are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from growth.attribution.facts import Claim, Event, Pageview, user, visitor
from growth.attribution.fold import Fold
from growth.attribution.identity import (
    owner_of_event,
    owner_of_visit,
)
from growth.attribution.rules import Rules
from growth.attribution.visits import VISIT_TIMEOUT, Visit
from growth.database.tables import event as events
from growth.database.tables import pageview as pageviews
from growth.database.tables import visit as visits
from growth.ledger.claims import claims_around, joining_users
from growth.ledger.history import (
    BEGINNING,
    END,
    latest_visit,
    pages_from,
    purged_owner,
    visits_from,
)

Change = tuple[Visit | None, Visit | None]
"""A visit as it was stored and as it is now; None where it is new or gone."""


@dataclass(slots=True)
class News:
    """What a batch brought for one visitor: stored pageviews, claims, and whether all may differ.

    `is_recounted` is set when the visitor or one of its users came to be seen as shared (rule 6),
    so that no claim reaches past the visits it was made in any more.
    """

    pages: list[Pageview] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    is_recounted: bool = False

    @property
    def since(self) -> int:
        """The instant of the earliest of them."""
        return min(self.instants(), default=BEGINNING)

    @property
    def until(self) -> int:
        """The instant of the latest of them."""
        return max(self.instants(), default=END)

    def instants(self) -> list[int]:
        return [fact.created_at for facts in (self.pages, self.claims) for fact in facts]


def update(fingerprint: str, news: News, rules: Rules) -> tuple[list[Change], list[Event]]:
    """Write the visitor's visits anew; return how they changed, and the events to file anew."""
    joining = joining_users(fingerprint)
    changes: list[Change] = []
    if news.pages:
        changes += write(own(fingerprint, folded(fingerprint, news.pages, rules), joining))
    reach = None
    if news.claims or news.is_recounted:
        reach = reach_of_claims(fingerprint, news, joining)
        changes += write(own(fingerprint, stored_between(fingerprint, *reach), joining))
    return changes, affected_events(fingerprint, changes, reach)


def folded(fingerprint: str, pages: Sequence[Pageview], rules: Rules) -> list[Change]:
    """How newly stored pages change the visits, owners aside."""
    first = min(page.created_at for page in pages)
    before = latest_visit(fingerprint, first)
    resumed_at = before.last_at if before else BEGINNING
    if resumed_at >= first:
        row = pageviews.LAST_BEFORE.row(fingerprint=fingerprint, created_at=first)
        assert row is not None  # the visit began with one
        resumed_at = row[0]
    is_known = before is None and purged_owner(fingerprint) is not None
    done = Fold(before, resumed_at, visits_from(fingerprint, first), rules, is_known).run(
        pages_from(fingerprint, first),
        late={page.digest for page in pages},
        until=max(page.created_at for page in pages),
    )
    return [(done.old.get(digest), done.new.get(digest)) for digest in done.counts]


def own(fingerprint: str, changes: Sequence[Change], joining: Collection[str]) -> list[Change]:
    """Give every new visit its owner and leave out what stays as it was."""
    if not changes:
        return []
    news = [new for _, new in changes if new is not None]
    claims = claims_around(
        fingerprint,
        min((visit.started_at for visit in news), default=END),
        max((visit.last_at for visit in news), default=BEGINNING) + VISIT_TIMEOUT,
        joining,
    )
    owned: list[Change] = [
        (old, new and replace(new, owner=owner_of_visit(new, claims, joining)))
        for old, new in changes
    ]
    return [(old, new) for old, new in owned if old != new]


def write(changes: list[Change]) -> list[Change]:
    for old, new in changes:
        if new is not None:
            visits.UPSERT.execute(visits.row_of(new))
        elif old is not None:
            visits.DELETE.execute(visits.row_of(old))
    return changes


def reach_of_claims(fingerprint: str, news: News, joining: Collection[str]) -> tuple[int, int]:
    """The stretch of time in which a visit may change hands because of new claims."""
    if news.is_recounted:
        return BEGINNING, END
    first, last = min(news.claims).created_at, max(news.claims).created_at
    around = claims_around(fingerprint, first, last, joining)
    start = max((c.created_at for c in around if c.created_at < first), default=BEGINNING)
    end = min((c.created_at for c in around if c.created_at > last), default=END)
    return start - VISIT_TIMEOUT, end


def stored_between(fingerprint: str, start: int, end: int) -> list[Change]:
    """The stored visits that may reach into the stretch, each as old and new."""
    before = latest_visit(fingerprint, start)
    found = visits_from(fingerprint, before.started_at if before else start, end)
    return [(visit, visit) for visit in found]


def affected_events(
    fingerprint: str, changes: Sequence[Change], reach: tuple[int, int] | None
) -> list[Event]:
    """The events without a user that may have another owner now."""
    moved = [
        visit.started_at
        for old, new in changes
        for visit in (old, new)
        if visit and (not old or not new or old.owner != new.owner)
    ]
    stretches = [reach] if reach else []
    if moved:
        following = next(visits_from(fingerprint, max(moved) + 1), None)
        stretches.append((min(moved), following.started_at if following else END))
    if not stretches:
        return []
    return [
        Event(*row)
        for row in events.ANONYMOUS_BETWEEN.rows(
            subject=visitor(fingerprint),
            start=min(start for start, _ in stretches),
            end=max(end for _, end in stretches),
        )
    ]


def owner_of(event: Event) -> str:
    """The owner key of an event that has a fingerprint and no user (rule 6)."""
    fingerprint, at = event.fingerprint, event.created_at
    assert fingerprint is not None
    latest = latest_visit(fingerprint, at + 1)
    if latest is None and (user_id := purged_owner(fingerprint)):
        return user(user_id)
    joining = joining_users(fingerprint)
    claims = claims_around(fingerprint, at, at + VISIT_TIMEOUT, joining)
    return owner_of_event(fingerprint, at, latest, claims, joining)
