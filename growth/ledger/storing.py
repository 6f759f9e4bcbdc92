"""Stores facts: each once, and with an id the first content stored wins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter

from growth.attribution.facts import Deed, Pageview
from growth.database.statements import names_of, values
from growth.database.tables import event as events
from growth.database.tables import pageview as pageviews
from growth.ledger.outcome import Outcome

COLUMNS = attrgetter(*names_of(Pageview))
Key = tuple[str, int, str]


def store_all(facts: Sequence[Deed]) -> list[Outcome]:
    """What became of each fact, as if stored one after the other."""
    named: dict[tuple[str, str], Pageview] = {}
    for fact in facts:
        if isinstance(fact, Pageview) and fact.fact_id is not None:
            named.setdefault((fact.fingerprint, fact.fact_id), fact)
    stored = insert([*named.values(), *nameless(facts, set(named))])
    outcomes = []
    for fact in facts:
        if isinstance(fact, Pageview) and (key := key_of(fact)) in stored:
            stored.remove(key)
            outcomes.append(Outcome.STORED)
        else:
            outcomes.append(store(fact))
    return outcomes


def nameless(facts: Sequence[Deed], ids: set[tuple[str, str]]) -> list[Pageview]:
    """The pageviews without an id, but for those whose digest is the id of another.

    A fact whose clock ran ahead has its digest for an id: sent again later, it has none.
    """
    pages = [fact for fact in facts if isinstance(fact, Pageview) and fact.fact_id is None]
    ids = ids.union(pageviews.HELD_BY_ID.rows([(page.fingerprint, page.digest) for page in pages]))
    return [page for page in pages if (page.fingerprint, page.digest) not in ids]


def insert(pages: Sequence[Pageview]) -> set[Key]:
    """Insert the pageviews that are not there; return their keys."""
    return set(pageviews.INSERT_MANY.rows(list(map(COLUMNS, sorted(pages, key=key_of)))))


key_of: Callable[[Pageview], Key] = attrgetter("fingerprint", "created_at", "digest")


def store(fact: Deed) -> Outcome:
    """Insert one fact unless it is there."""
    table = pageviews if isinstance(fact, Pageview) else events
    row = values(fact) if isinstance(fact, Pageview) else values(fact) | {"subject": fact.subject}
    known_as = fact.fact_id or fact.digest
    if held := table.DIGEST_BY_ID.row(**row | {"fact_id": known_as}):
        return Outcome.DUPLICATE if held[0] == fact.digest else Outcome.CONFLICT
    return Outcome.STORED if table.INSERT.execute(row).rowcount else Outcome.DUPLICATE
