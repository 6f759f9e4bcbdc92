"""Locks the persons of a batch, so that no two transactions change one person at the same time.

A transaction first locks the visitors and users of its facts, and the users who claimed these
visitors. It takes these locks in the order of lock numbers, so that transactions do not deadlock.
These locks are enough, for three reasons:

- The owner of a visit or an event depends on its visitor and on the claims on this visitor.
- Only a transaction that has a visitor's lock adds claims on the visitor. So the visitor's
  users stay the same while the visitor is locked.
- Only a transaction that has a user's lock changes visits of this user, on any device.

Then the transaction stores facts and visits. After that, it writes rows and takes locks that other
transactions may need, too. All transactions write these rows and take these locks in one order:

- rows of persons and credits, in the order of their keys;
- the lock for `changed_at`, if the credit of a conversion changed (see `persons.save_persons`);
- the lock of a slot of the daily visits (see `RollupRecord`);
- new origins, in the order of their ids.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

from growth.attribution.facts import Event, Pageview, fingerprint_of, unclaimed, user, visitor
from growth.database.statements import database
from growth.ledger.statements.identity import ALL_USERS_OF, REMEMBERED_USERS

MOST_LOCKS = 1_000
"""The most locks that a batch takes. PostgreSQL has room for some thousands of locks."""


class CrowdError(Exception):
    """A batch has too many persons to lock, or may change persons that it has not locked.

    Such a batch is applied again, with the whole database locked.
    """


def lock_persons(facts: Iterable[Any]) -> None:
    """Lock the persons of the facts until the transaction ends. Raises CrowdError."""
    if not database.has_many_writers:
        return
    named = lock_keys(facts)
    keys = named | claimants(named)
    if len(keys) > MOST_LOCKS:
        raise CrowdError
    database.lock(sorted(map(lock_number, keys)))
    if not claimants(named) <= keys:  # another transaction added a claim while we waited
        raise CrowdError


def lock_keys(facts: Iterable[Any]) -> set[str]:
    """The owner keys of the facts' visitors and users. Costs share one key, and rejects another."""
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
    """For the visitors in `keys`, the owner keys of the users who claimed them."""
    visitors = {key: name for key in keys if (name := fingerprint_of(key)) is not None}
    claimed = ALL_USERS_OF.all([(name,) for name in sorted(visitors.values())])
    claimed += REMEMBERED_USERS.all([(key,) for key in sorted(visitors)])
    return {user(user_id) for (user_id,) in claimed}


def lock_number(key: str) -> int:
    """The number of a key's lock. Two keys may share a number and so a lock."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest()) >> 1
