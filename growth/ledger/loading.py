"""Loads the histories of persons: a constant number of statements, however many they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from growth.attribution.conversions import MAX_CLICKS, SIGNUP, STATES, TRIAL, Terms
from growth.attribution.facts import Pageview
from growth.attribution.rules import Rules
from growth.attribution.visits import in_order
from growth.ledger.histories import (
    Affected,
    Conversion,
    CreditRow,
    History,
    Person,
    StoredClick,
    person_of,
)
from growth.ledger.replaying import END
from growth.ledger.statements import persons as statements
from growth.ledger.statements.visitors import REMNANTS

Instant = tuple[str, int]
"""A person and an instant."""


def load(
    persons: Mapping[str, Person], affected: Mapping[str, Affected], terms: Terms, rules: Rules
) -> list[History]:
    """What the changes may touch of the persons, by owner."""
    histories = load_conversions(persons, affected, terms)
    asked = [each for history in histories for each in attributable(history, terms)]
    clicks = load_clicks(asked, terms.lookback)
    counted = [each for history in histories for each in uncounted(history, terms)]
    seen = load_seen(counted, {each.person.owner: each.person for each in histories}, rules)
    held = load_credits(each for history in histories for each in history.conversions)
    for history in histories:
        history.clicks, history.seen, history.held = clicks, seen, held
    return histories


def load_persons(affected: Mapping[str, Affected]) -> dict[str, Person]:
    """The persons under whom something is filed, with what they have seen by now."""
    rows = statements.PERSONS.all([(owner,) for owner in sorted(affected)])
    persons = {each.owner: grown(each, affected[each.owner]) for each in map(person_of, rows)}
    new = [owner for owner in sorted(affected) if affected[owner].filed and owner not in persons]
    seen = load_seen_in_all(new)
    return persons | {owner: Person(owner, *seen[owner]) for owner in new}


def load_seen_in_all(owners: Sequence[str]) -> dict[str, tuple[int, int]]:
    """The visits and the pageviews of persons, from their visits."""
    rows = statements.SEEN.all([(owner,) for owner in owners])
    seen = {owner: (visits, pageviews) for owner, visits, pageviews in rows}
    return {owner: seen.get(owner, (0, 0)) for owner in owners}


def grown(person: Person, more: Affected) -> Person:
    visits, pageviews = person.visits + more.visits, person.pageviews + more.pageviews
    return Person(person.owner, visits, pageviews, person.acquisition, person.is_kept)


def load_conversions(
    persons: Mapping[str, Person], affected: Mapping[str, Affected], terms: Terms
) -> list[History]:
    """The conversions in the stretches that changed, and all of the orders among them."""
    asked = [(owner, *stretch(persons[owner], affected[owner], terms)) for owner in sorted(persons)]
    found: defaultdict[str, dict[str, Conversion]] = defaultdict(dict)
    for each in to_conversions(statements.CONVERSIONS_BETWEEN.all(asked)):
        found[each.owner][each.digest] = each
    for owner in persons:
        found[owner].update((each.digest, each) for each in affected[owner].filed)
    orders = {(owner, order_id) for owner in persons for order_id in affected[owner].orders}
    orders |= {
        (owner, each.order_id)
        for owner, conversions in found.items()
        for each in conversions.values()
        if each.order_id is not None
    }
    for each in to_conversions(statements.CONVERSIONS_OF_ORDERS.all(sorted(orders))):
        found[each.owner].setdefault(each.digest, each)
    earliest = load_earliest(found, terms)
    return [
        History(
            person=persons[owner],
            affected=affected[owner],
            conversions=sorted(found[owner].values(), key=time_of),
            earliest=earliest[owner],
            is_whole=is_whole(persons[owner], affected[owner]),
        )
        for owner in sorted(persons)
    ]


def to_conversions(rows: Iterable[Sequence[object]]) -> Iterable[Conversion]:
    return (Conversion(*row) for row in rows)  # type: ignore[arg-type]


def time_of(each: Conversion) -> tuple[int, str]:
    return each.occurred_at, each.digest


def is_whole(person: Person, affected: Affected) -> bool:
    """Whether the person's first conversion may be another now."""
    return person.acquisition is None or affected.since <= person.acquisition.acquired_at


def stretch(person: Person, affected: Affected, terms: Terms) -> tuple[int, int]:
    """The time in which conversions may change: to the end, where all later ones may."""
    moves_all = is_whole(person, affected) or affected.states_moved
    moves_counts = affected.visits or affected.pageviews
    until = END if moves_all or moves_counts else reach(affected, terms)
    return affected.since, until


def reach(affected: Affected, terms: Terms) -> int:
    """The instant up to which conversions may credit other clicks."""
    return affected.until + (terms.lookback if affected.clicks_moved else 0)


def load_earliest(
    found: Mapping[str, Mapping[str, Conversion]], terms: Terms
) -> Mapping[str, Mapping[str, tuple[int, str]]]:
    """When each person first did what decides states, and the digest of the event.

    What was purged came before all that is kept; its digest is "".
    """
    earliest: defaultdict[str, dict[str, tuple[int, str]]] = defaultdict(dict)
    shown = {terms.tracked[name]: name for name in (SIGNUP, TRIAL)}
    asked = [(owner, name) for owner in sorted(found) for name in shown]
    rows = [
        (owner, shown[name], at, digest)
        for owner, name, at, digest in statements.EARLIEST.all(asked)
    ]
    rows += [
        (owner, shown[each.event], each.occurred_at, each.digest)
        for owner, conversions in found.items()
        for each in conversions.values()
        if each.event in shown
    ]
    for owner, kind, _, at in REMNANTS.all([(owner,) for owner in sorted(found)]):
        if kind in STATES:
            rows.append((owner, kind, at, ""))
    for owner, name, at, digest in rows:
        known = earliest[owner].get(name, (END, ""))
        earliest[owner][name] = min(known, (at, digest))
    return earliest


def attributable(history: History, terms: Terms) -> list[Conversion]:
    """The events whose credit may have changed, if they convert."""
    affected = history.affected
    until = reach(affected, terms)
    return [
        each
        for each in history.conversions
        if each.event.lower() in terms.converting
        and (
            affected.since <= each.occurred_at <= until
            or each.order_id in affected.orders
            or (affected.states_moved and each.event.lower() == SIGNUP)
        )
    ]


def uncounted(history: History, terms: Terms) -> list[Conversion]:
    """Of these, those of which it is not known what came before them."""
    until = history.affected.until
    return [
        each
        for each in attributable(history, terms)
        if each.occurred_at <= until or not each.is_conversion
    ]


def load_clicks(conversions: Sequence[Conversion], lookback: int) -> dict[str, list[StoredClick]]:
    """By conversion, its clicks: direct ones where there are no others, and at most the latest and
    the earliest that may earn credit."""
    windows = {
        each.digest: (each.owner, each.occurred_at - lookback, each.occurred_at)
        for each in conversions
    }
    found: defaultdict[tuple[object, ...], dict[str | None, StoredClick]] = defaultdict(dict)
    for is_direct in (False, True):
        asked = sorted(set(windows.values()) - found.keys())
        add_clicks(found, statements.LATEST_CLICKS[is_direct].all(asked))
        full = [window for window in asked if len(found.get(window, ())) >= MAX_CLICKS]
        add_clicks(found, statements.EARLIEST_CLICKS[is_direct].all(full))
    return {digest: list(found[window].values()) for digest, window in windows.items()}


def add_clicks(
    found: defaultdict[tuple[object, ...], dict[str | None, StoredClick]],
    rows: Iterable[Sequence[object]],
) -> None:
    for row in rows:
        click = StoredClick(*row[3:])  # type: ignore[arg-type]
        found[tuple(row[:3])][click.digest] = click


def load_credits(conversions: Iterable[Conversion]) -> dict[str, list[CreditRow]]:
    """By conversion, its credits as stored."""
    held: defaultdict[str, list[CreditRow]] = defaultdict(list)
    asked = sorted((each.owner, each.digest) for each in conversions if each.is_conversion)
    for row in statements.CREDITS.all(asked):
        credit = CreditRow(*row)
        held[credit.conversion].append(credit)
    return held


def load_seen(
    conversions: Sequence[Conversion], persons: Mapping[str, Person], rules: Rules
) -> dict[str, tuple[int, int]]:
    """By conversion, the visits that began and the pages seen by its person up to its instant.

    They are counted from the end, for most conversions are the newest of their person.
    """
    asked = sorted({(each.owner, each.occurred_at) for each in conversions})
    later = {(owner, at): figures for owner, at, *figures in statements.SEEN_AFTER.all(asked)}
    ongoing = load_ongoing(asked, rules)
    seen: dict[Instant, tuple[int, int]] = {}
    for instant in asked:
        visits, pages = later.get(instant, (0, 0))
        person = persons[instant[0]]
        seen[instant] = person.visits - visits, person.pageviews - pages - ongoing.get(instant, 0)
    return {each.digest: seen[each.owner, each.occurred_at] for each in conversions}


def load_ongoing(asked: Sequence[Instant], rules: Rules) -> dict[Instant, int]:
    """How many pages, of visits that went on at an instant, were seen after it."""
    visits = statements.ONGOING.all(asked)
    stretches = sorted({(fingerprint, start - 1, at) for _, at, fingerprint, start, *_ in visits})
    pages = {
        (fingerprint, after + 1, until): count
        for fingerprint, after, until, count in statements.PAGES_BETWEEN.all(stretches)
    }
    tied = load_tied(
        sorted({(fingerprint, start) for _, _, fingerprint, start, *_ in visits}), rules
    )
    found: defaultdict[Instant, int] = defaultdict(int)
    for owner, at, fingerprint, start, digest, pageviews in visits:
        ranked = tied[fingerprint, start]
        earlier = ranked.index(digest) if digest in ranked else 0  # pages of the visit before
        found[owner, at] += pageviews - (pages[fingerprint, start, at] - earlier)
    return found


def load_tied(starts: Sequence[Instant], rules: Rules) -> Mapping[Instant, list[str]]:
    """The pages that visitors saw at one instant, in order, by their digests."""
    pages: defaultdict[Instant, list[Pageview]] = defaultdict(list)
    for row in statements.PAGES_AT.all(starts):
        page = Pageview(*row)
        pages[page.fingerprint, page.created_at].append(page)
    return defaultdict(
        list,
        {at: [page.digest for page in in_order(tied, rules)] for at, tied in pages.items()},
    )
