"""Derives a person's conversions and credits from the person's history. Reads no database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from growth.attribution.conversions import SIGNUP, TRIAL, Terms, credited_clicks, credits_of
from growth.attribution.credit import ACQUISITION, SINGLE_CLICK, WHOLE
from growth.attribution.orders import Entry, PlacesOf, Worth, time_of, worths
from growth.ledger.histories import Attributed, History
from growth.ledger.records import (
    Acquisition,
    Conversion,
    CreditRow,
    Person,
    credit_row,
    row_of_credit,
)

LAST_CLICK = "last_click"
OUTSIDE = -1
"""The `position` of each credit under `acquisition`.

Under other models, `position` is the place of the click among the conversion's credited clicks.
Under `acquisition`, the click may be earlier than the lookback window.
"""


def derive(history: History, terms: Terms, places_of: PlacesOf) -> tuple[Person, list[Attributed]]:
    """Derive the person's row, and each conversion in the history with its credits."""
    judged = judge(history, terms, places_of)
    shared = {each.digest: share(each, history) for each in judged}
    person = replace(history.person, acquisition=acquisition(history, judged, shared))
    new_ones = {each.digest for each in history.affected.filed}
    found = []
    for old, new in zip(history.conversions, judged, strict=True):
        due = shared[new.digest] + acquired(new, person)
        held = sorted(history.held.get(old.digest, ()), key=place_of)
        due.sort(key=place_of)
        found.append(Attributed(old, new, held, due, old.digest in new_ones))
    return person, found


def place_of(row: CreditRow) -> tuple[str, int]:
    return row.model, row.position


def judge(history: History, terms: Terms, places_of: PlacesOf) -> list[Conversion]:
    """Decide which events count as conversions, and with which value (rule 7)."""

    def converts(each: Entry) -> bool:
        first = history.earliest.get(SIGNUP)
        return terms.converts(each.event, first == time_of(each))

    worth = worth_of_orders(history, converts, places_of)
    judged = []
    for each in history.conversions:
        own = worth.get(each.digest, Worth(True, each.sent_value, each.sent_currency))
        counts = own.counts and converts(each)
        judged.append(converted(each, own, history) if counts else unconverted(each))
    return judged


def worth_of_orders(
    history: History, converts: Callable[[Entry], bool], places_of: PlacesOf
) -> dict[str, Worth]:
    """The Worth of each event with an order_id. The keys are the digests of the events."""
    orders: defaultdict[str, list[Conversion]] = defaultdict(list)
    for each in history.conversions:
        if each.order_id is not None:
            orders[each.order_id].append(each)
    found: dict[str, Worth] = {}
    for order in orders.values():
        found |= worths(order, converts, places_of)
    return found


def converted(each: Conversion, worth: Worth, history: History) -> Conversion:
    """The row of an event that counts as a conversion."""
    trial = history.earliest.get(TRIAL)
    visits, pages = before(each, history)
    return each._replace(
        value=worth.value,
        currency=worth.currency,
        refunded=worth.refunded,
        is_conversion=True,
        from_trial=trial is not None and trial[0] < each.occurred_at,
        visits_before=visits,
        pages_before=pages,
    )


def unconverted(each: Conversion) -> Conversion:
    """The row of an event that does not count as a conversion."""
    return each._replace(
        value=each.sent_value,
        currency=each.sent_currency,
        refunded=0,
        is_conversion=False,
        from_trial=False,
        visits_before=0,
        pages_before=0,
    )


def before(each: Conversion, history: History) -> tuple[int, int]:
    """The numbers of visits and pageviews before a conversion.

    Numbers that were counted anew are in `history.seen`. Other numbers come from the stored row. If
    the conversion is later than all changes of the batch, the stored numbers change by as much as
    the person's totals.
    """
    if each.digest in history.seen:
        return history.seen[each.digest]
    if each.occurred_at <= history.affected.until:
        return each.visits_before, each.pages_before
    more = history.affected
    return each.visits_before + more.visits, each.pages_before + more.pageviews


def share(each: Conversion, history: History) -> list[CreditRow]:
    """The credits of a conversion under all models except `acquisition` (rule 4).

    Clicks are loaded only for a conversion whose credit may change. If the clicks were not loaded,
    the stored credits are kept, and only their `from_trial` and `pages_before` are updated.
    """
    if not each.is_conversion:
        return []
    if each.digest in history.clicks:
        clicks = credited_clicks(history.clicks[each.digest])
        return [
            credit_row(each, credit) for credit in credits_of(clicks, each.occurred_at, each.value)
        ]
    return [
        row._replace(
            from_trial=each.from_trial,
            pages_before=each.pages_before if row.model in SINGLE_CLICK else None,
        )
        for row in history.held.get(each.digest, ())
        if row.model != ACQUISITION
    ]


def acquisition(
    history: History, judged: Sequence[Conversion], shared: dict[str, list[CreditRow]]
) -> Acquisition | None:
    """The click that `last_click` credits with the person's first conversion.

    None if the person has no conversion.
    """
    if history.person.is_kept or not history.is_whole:
        return history.person.acquisition
    converted = [each for each in judged if each.is_conversion]
    if not converted:
        return None
    first = min(converted, key=time_of)
    (last,) = [row for row in shared[first.digest] if row.model == LAST_CLICK]
    click = last.fingerprint, last.started_at, last.click, last.origin, last.country
    return Acquisition(first.occurred_at, *click)


def acquired(each: Conversion, person: Person) -> list[CreditRow]:
    """The credit under `acquisition`, in a list. Empty if `each` is not a conversion."""
    if not each.is_conversion or person.acquisition is None:
        return []
    _, *click = person.acquisition
    return [row_of_credit(each, ACQUISITION, OUTSIDE, WHOLE, each.value, *click)]
