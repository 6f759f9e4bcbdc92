"""Files conversions, signups, trials, unsubscribes and refunds under their owners.

A filed event has a row in the table of conversions, even while it is not a conversion. Rules 6 and
7 of docs/attribution.md say who owns an event, and which events are conversions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from growth.attribution.conversions import REFUND, Terms
from growth.attribution.facts import Event
from growth.ledger.identity import Identities, owners_of_events
from growth.ledger.records import Conversion, filed
from growth.ledger.statements import persons as statements


@dataclass(slots=True)
class Filing:
    """Changes of the table of conversions.

    `put` has the rows to write. `taken` has the deleted rows of events that changed their owner.
    """

    put: list[Conversion] = field(default_factory=list)
    taken: list[Conversion] = field(default_factory=list)


def file(new: Sequence[Event], moved: Sequence[Event], known: Identities, terms: Terms) -> Filing:
    """File events under their owners. `moved` are stored events whose owner may have changed.

    If an event changes its owner, its row and credits under the earlier owner are deleted.
    """
    events = {each.digest: each for each in (*moved, *new) if name_of(each, terms)}
    owners = owners_of_events(list(events.values()), known)
    found = Filing()
    held = stored_conversions([each.digest for each in moved if each.digest in events])
    for digest, event in sorted(events.items()):
        old, owner = held.get(digest), owners[digest]
        if old is None:
            found.put.append(filed(event, name_of(event, terms) or "", owner))
        elif old.owner != owner:
            found.taken.append(old)
            found.put.append(old._replace(owner=owner))
    take(found.taken)
    return found


def name_of(event: Event, terms: Terms) -> str | None:
    """The name under which an event is filed, spelled as in GROWTH_CONVERSIONS.

    None if the event is not filed, because its name is not in `Terms.tracked`. A refund without an
    order is filed only if GROWTH_CONVERSIONS names `refund`.
    """
    name = terms.shown(event.name)
    is_lost = name is not None and name.lower() == REFUND and event.order_id is None
    return None if is_lost and REFUND not in terms.converting else name


def stored_conversions(digests: Sequence[str]) -> Mapping[str, Conversion]:
    """The stored conversions with these digests. The keys are the digests."""
    rows = statements.CONVERSIONS.all([(each,) for each in sorted(digests)])
    return {each.digest: each for each in (Conversion(*row) for row in rows)}


def take(conversions: Sequence[Conversion]) -> None:
    """Delete conversions with their credits."""
    statements.DELETE_CREDITS_OF.run(sorted((each.owner, each.digest) for each in conversions))
    statements.DELETE_CONVERSIONS.run(
        sorted((each.owner, each.occurred_at, each.digest) for each in conversions)
    )
