"""What a transaction touches: of which persons, from when to when, and in what way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from growth.attribution.conversions import SIGNUP, TRIAL
from growth.attribution.facts import Event
from growth.attribution.visits import Visit
from growth.ledger.history import BEGINNING, END
from growth.ledger.visitors import Change, News


@dataclass(slots=True)
class Touch:
    """How the facts of one person changed, between two instants in microseconds.

    `visits` and `pageviews` say how many more they are. `moves_clicks` is set when a visit began,
    ended, or changed hands, so that the lookback of later conversions sees other clicks;
    `moves_states` when a signup or a trial did, on which all later ones depend.
    """

    since: int = END
    until: int = BEGINNING
    visits: int = 0
    pageviews: int = 0
    moves_clicks: bool = False
    moves_states: bool = False

    def widen(self, since: int, until: int) -> None:
        self.since, self.until = min(self.since, since), max(self.until, until)


class Touched:
    """The touches of a transaction by person, and all visits it changed."""

    def __init__(self) -> None:
        self.persons: defaultdict[str, Touch] = defaultdict(Touch)
        self.changes: list[Change] = []

    def add_event(self, event: Event, owners: Sequence[str]) -> None:
        """An event was filed under other owners than before."""
        for owner in owners:
            touch = self.persons[owner]
            touch.widen(event.created_at, event.created_at)
            touch.moves_states |= event.name in (SIGNUP, TRIAL)

    def add_visits(self, changes: Sequence[Change], news: News) -> None:
        """Visits changed because of the news of a visitor."""
        self.changes += changes
        for old, new in changes:
            grows = has_grown(old, new)
            for visit, sign in ((old, -1), (new, 1)):
                if visit is None:
                    continue
                touch = self.persons[visit.owner]
                touch.visits += sign
                touch.pageviews += sign * visit.pageviews
                touch.moves_clicks |= not grows
                if grows:  # pages before the news are as they were, and so are those after
                    touch.widen(max(visit.started_at, news.since), min(visit.last_at, news.until))
                else:
                    touch.widen(visit.started_at, visit.last_at)


def has_grown(old: Visit | None, new: Visit | None) -> bool:
    """Whether a visit only ends elsewhere or counts other pages than before."""
    if old is None or new is None:
        return False
    return new.ending(old.last_at, old.pageviews) == old
