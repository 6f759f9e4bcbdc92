"""Loads the histories of persons. Any number of persons takes the same number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from growth.attribution.conversions import MAX_CLICKS, SIGNUP, STATES, TRIAL, Terms
from growth.attribution.facts import END
from growth.attribution.orders import time_of
from growth.attribution.rules import Rules
from growth.ledger.counting import load_seen, load_seen_in_all
from growth.ledger.histories import Affected, History
from growth.ledger.records import Conversion, CreditRow, Person, StoredClick, person_of
from growth.ledger.statements import journeys
from growth.ledger.statements import persons as statements
from growth.ledger.statements.identity import REMNANTS


def load(
    persons: Mapping[str, Person], affected: Mapping[str, Affected], terms: Terms, rules: Rules
) -> list[History]:
    """Load the history of each person."""
    histories = load_conversions(persons, affected, terms)
    asked = [(history, attributable(history, terms)) for history in histories]
    clicks = load_clicks([each for _, found in asked for each in found], terms.lookback)
    counted = [each for history, found in asked for each in uncounted(history, found)]
    seen = load_seen(counted, {each.person.owner: each.person for each in histories}, rules)
    held = load_credits(each for history in histories for each in history.conversions)
    for history in histories:
        history.clicks, history.seen, history.held = clicks, seen, held
    return histories


def load_persons(affected: Mapping[str, Affected]) -> dict[str, Person]:
    """Load the affected persons who have filed events. Their totals include the new visits."""
    rows = statements.PERSONS.all([(owner,) for owner in sorted(affected)])
    persons = {each.owner: grown(each, affected[each.owner]) for each in map(person_of, rows)}
    new = [owner for owner in sorted(affected) if affected[owner].filed and owner not in persons]
    seen = load_seen_in_all(new)
    return persons | {owner: Person(owner, *seen[owner]) for owner in new}


def grown(person: Person, more: Affected) -> Person:
    visits, pageviews = person.visits + more.visits, person.pageviews + more.pageviews
    return Person(person.owner, visits, pageviews, person.acquisition, person.is_kept)


def load_conversions(
    persons: Mapping[str, Person], affected: Mapping[str, Affected], terms: Terms
) -> list[History]:
    """Histories with the filed events that may change, and all filed events of the same orders."""
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


def is_whole(person: Person, affected: Affected) -> bool:
    """Whether the batch may change which conversion is the person's first."""
    return person.acquisition is None or affected.since <= person.acquisition.acquired_at


def stretch(person: Person, affected: Affected, terms: Terms) -> tuple[int, int]:
    """The period of the conversions that may change: its first and its last instant.

    The last instant is END if every conversion from the first instant on may change.
    """
    moves_all = is_whole(person, affected) or affected.states_moved
    moves_counts = affected.visits or affected.pageviews
    until = END if moves_all or moves_counts else reach(affected, terms)
    return affected.since, until


def reach(affected: Affected, terms: Terms) -> int:
    """The latest time at which the clicks of a conversion may change."""
    return affected.until + (terms.lookback if affected.clicks_moved else 0)


def load_earliest(
    found: Mapping[str, Mapping[str, Conversion]], terms: Terms
) -> Mapping[str, Mapping[str, tuple[int, str]]]:
    """For each owner, the time and digest of the earliest signup and of the earliest trial.

    The digest is "" if the event was purged.
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
    """The events that may count as conversions and whose credit may change."""
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


def uncounted(history: History, conversions: Iterable[Conversion]) -> list[Conversion]:
    """The conversions whose earlier visits and pageviews must be counted anew."""
    until = history.affected.until
    return [each for each in conversions if each.occurred_at <= until or not each.is_conversion]


def load_clicks(conversions: Sequence[Conversion], lookback: int) -> dict[str, list[StoredClick]]:
    """For each conversion, the earliest click of its lookback window, and the latest MAX_CLICKS.

    Direct visits are loaded only if there are no other visits in the window.
    """
    windows = {
        each.digest: (each.owner, each.occurred_at - lookback, each.occurred_at)
        for each in conversions
    }
    found: defaultdict[tuple[object, ...], dict[str | None, StoredClick]] = defaultdict(dict)
    for is_direct in (False, True):
        asked = sorted(set(windows.values()) - found.keys())
        add_clicks(found, journeys.LATEST_CLICKS[is_direct].all(asked))
        full = [window for window in asked if len(found.get(window, ())) >= MAX_CLICKS]
        add_clicks(found, journeys.EARLIEST_CLICKS[is_direct].all(full))
    return {digest: list(found[window].values()) for digest, window in windows.items()}


def add_clicks(
    found: defaultdict[tuple[object, ...], dict[str | None, StoredClick]],
    rows: Iterable[Sequence[object]],
) -> None:
    for row in rows:
        click = StoredClick(*row[3:])  # type: ignore[arg-type]
        found[tuple(row[:3])][click.digest] = click


def load_credits(conversions: Iterable[Conversion]) -> dict[str, list[CreditRow]]:
    """The stored credits of each conversion. The keys are digests of conversions."""
    held: defaultdict[str, list[CreditRow]] = defaultdict(list)
    asked = sorted((each.owner, each.digest) for each in conversions if each.is_conversion)
    for row in statements.CREDITS.all(asked):
        credit = CreditRow(*row)
        held[credit.conversion].append(credit)
    return held
