"""Keeps the persons of a batch to one transaction, where several processes write at once.

A transaction first takes the locks of all its facts' persons, in order, so that none waits for
another in a circle: of each visitor, of each user, and of the users who claimed the visitors. For

- whose a visit or an event is depends on its visitor and on the claims on it;
- a claim on a visitor is only made by who holds its lock, so once held, its users are known;
- the visits of a user on any device are only changed by who holds the user's lock too.

Then it stores facts and visits. Rows that all share come after that, always in this order:

- rollups: it takes a slot, whose rows nobody else adds to;
- origins that are new, by their ids;
- and if a conversion's credit changed the lock of changes, the last; see `Changes`.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

from growth.attribution.facts import Event, Pageview, fingerprint_of, unclaimed, user, visitor
from growth.database.statements import database
from growth.ledger.statements.identity import ALL_USERS_OF, REMEMBERED_USERS

MOST_LOCKS = 1_000
"""Persons that are locked one by one: PostgreSQL keeps some thousands of locks in memory."""


class CrowdError(Exception):
    """The persons cannot be told beforehand, or are too many: lock the whole database."""


def lock_persons(facts: Iterable[Any]) -> None:
    """Lock the persons of the facts until the transaction ends. Raises CrowdError."""
    if not database.has_many_writers:
        return
    told = lock_keys(facts)
    keys = told | claimants(told)
    if len(keys) > MOST_LOCKS:
        raise CrowdError
    database.lock(sorted(map(lock_number, keys)))
    if not claimants(told) <= keys:  # claimed while we waited
        raise CrowdError


def lock_keys(facts: Iterable[Any]) -> set[str]:
    """The visitors and users of the facts, by their owner keys; all others have one key a kind."""
    keys: set[str] = set()
    for fact in facts:
        if not isinstance(fact, Pageview | Event):
            keys.add(type(fact).__name__)
            continue
        if isinstance(fact, Event):
            keys.add(fact.subject)
        if fact.fingerprint is not None:
            keys |= {visitor(fact.fingerprint), unclaimed(fact.fingerprint)}
        if fact.user_id is not None:
            keys.add(user(fact.user_id))
    return keys


def claimants(keys: Iterable[str]) -> set[str]:
    """The users who claimed the visitors among the keys."""
    visitors = {key: name for key in keys if (name := fingerprint_of(key)) is not None}
    claimed = ALL_USERS_OF.all([(name,) for name in sorted(visitors.values())])
    claimed += REMEMBERED_USERS.all([(key,) for key in sorted(visitors)])
    return {user(user_id) for (user_id,) in claimed}


def lock_number(key: str) -> int:
    """63 bits of a hash: other keys may share a lock, which does no harm."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest()) >> 1
