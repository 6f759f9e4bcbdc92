"""Updates the visits of visitors and their owners. Finds stored events that may change owners."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from growth.attribution.facts import BEGINNING, END, Claim, Deed, Event, Pageview, visitor
from growth.attribution.rules import Rules
from growth.attribution.visits import VISIT_TIMEOUT
from growth.database.tables.visit import from_row, visit_columns
from growth.ledger.identity import Change, Identities, Stretch, claims_near, owned
from growth.ledger.replaying import folded
from growth.ledger.statements import visitors as statements


@dataclass(slots=True)
class News:
    """The new pageviews and claims of one visitor. Pageviews of bots are left out (rule 11).

    `is_new_pair` is set if a user claimed the visitor for the first time. `is_recounted` is set if
    fewer stored claims on the visitor count than before, because the visitor or one of its users
    passed a limit of rule 6.
    """

    pages: list[Pageview] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    is_new_pair: bool = False
    is_recounted: bool = False

    @property
    def since(self) -> int:
        """The time of the earliest pageview or claim."""
        return min(self.instants(), default=BEGINNING)

    @property
    def until(self) -> int:
        """The time of the latest pageview or claim."""
        return max(self.instants(), default=END)

    def instants(self) -> list[int]:
        return [page.created_at for page in self.pages] + [each.created_at for each in self.claims]


def news_of(stored: Iterable[Deed]) -> dict[str, News]:
    """The newly stored pageviews and claims of each visitor. The keys are fingerprints."""
    found: defaultdict[str, News] = defaultdict(News)
    for fact in stored:
        if fact.fingerprint is None or (isinstance(fact, Pageview) and fact.is_bot):
            continue
        if isinstance(fact, Pageview):
            found[fact.fingerprint].pages.append(fact)
        if fact.user_id is not None:
            found[fact.fingerprint].claims.append(Claim(fact.created_at, fact.user_id))
    return dict(found)


def store_claims(news: dict[str, News], known: Identities) -> bool:
    """Store the claims. Return whether a visitor or user passed a limit of rule 6.

    If a limit was passed, visits of other visitors may change owners, too. Those visitors are added
    to `news`.
    """
    claims = [(fingerprint, claim) for fingerprint, each in news.items() for claim in each.claims]
    new_pairs, recounted = known.add(claims)
    for fingerprint, _ in new_pairs:
        news[fingerprint].is_new_pair = True
    known.load(recounted)
    for fingerprint in recounted:
        news.setdefault(fingerprint, News()).is_recounted = True
    return bool(recounted)


def update_visitors(
    news: Mapping[str, News], known: Identities, rules: Rules
) -> tuple[list[Change], list[Event]]:
    """Save the changed visits with their owners.

    Return the changes of visits, and the stored events whose owner may change.
    """
    pages = {fingerprint: each.pages for fingerprint, each in news.items() if each.pages}
    changes = save_visits(owned(folded(pages, rules), known))
    reaches = list(reaches_of(news, known).values())
    stored = map(from_row, statements.VISITS_BETWEEN.all(reaches))
    changes += save_visits(owned([(visit, visit) for visit in stored], known))
    return changes, affected_events(changes, reaches, known)


def save_visits(changes: list[Change]) -> list[Change]:
    """Write the visits that changed. Return `changes`."""
    rows = [visit_columns(new) for _, new in changes if new is not None]
    gone = [
        (old.fingerprint, old.started_at, old.digest) for old, new in changes if old and not new
    ]
    statements.DELETE_VISITS.run(sorted(gone))
    statements.UPSERT_VISITS.run(sorted(rows))
    return changes


def reaches_of(news: Mapping[str, News], known: Identities) -> dict[str, Stretch]:
    """For each visitor, the period in which visits may change owners because of new claims.

    A period begins 30 minutes before the last stored claim that precedes the new claims. A period
    ends at the first stored claim that follows the new claims. Without such a claim, the period has
    no limit on this side. There are three exceptions:

    - If claims count only for the visit they are made in (rule 6), the period begins 30 minutes
      before the first new claim, and ends at the last new claim.
    - If a limit of rule 6 was passed, the period covers all time.
    - A visitor with only one user, who claimed the visitor before, has no period. Another claim of
      this user changes no owner.
    """
    asked = {}
    for fingerprint, each in news.items():
        if each.is_recounted:
            asked[fingerprint] = (fingerprint, BEGINNING, END)
        elif each.claims and (each.is_new_pair or len(known.users[fingerprint]) > 1):
            first, last = min(each.claims), max(each.claims)
            asked[fingerprint] = (fingerprint, first.created_at, last.created_at)
    near = claims_near([each for each in asked.values() if each[1] != BEGINNING], known)
    return {fingerprint: reach_of(each, near, known) for fingerprint, each in asked.items()}


def reach_of(
    stretch: Stretch, near: Mapping[Stretch, Sequence[Claim]], known: Identities
) -> Stretch:
    fingerprint, first, last = stretch
    joining = known.joining(fingerprint)
    if first == BEGINNING:
        return stretch
    if not joining:
        return fingerprint, first - VISIT_TIMEOUT, last
    at = [claim.created_at for claim in near[stretch] if claim.user_id in joining]
    before = max((each for each in at if each < first), default=BEGINNING)
    after = min((each for each in at if each > last), default=END)
    return fingerprint, before - VISIT_TIMEOUT, after


def affected_events(
    changes: Iterable[Change], reaches: Iterable[Stretch], known: Identities
) -> list[Event]:
    """The stored events without a user_id whose owner may change.

    If nobody claimed a visitor, its events keep their owner.
    """
    stretches = {fingerprint: (start, end) for fingerprint, start, end in reaches}
    moved: defaultdict[str, list[int]] = defaultdict(list)
    for old, new in changes:
        if not old or not new or old.owner != new.owner:
            for visit in (old, new):
                if visit and known.users[visit.fingerprint]:
                    moved[visit.fingerprint].append(visit.started_at)
    asked = [(fingerprint, max(instants)) for fingerprint, instants in sorted(moved.items())]
    for fingerprint, following in statements.NEXT_VISIT.all(asked):
        start, end = stretches.get(fingerprint, (END, BEGINNING))
        until = END if following is None else following
        stretches[fingerprint] = min(start, *moved[fingerprint]), max(end, until)
    rows = [(visitor(fp), *stretch) for fp, stretch in sorted(stretches.items())]
    return [Event(*row) for row in statements.ANONYMOUS_EVENTS.all(rows)]
