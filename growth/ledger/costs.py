"""Stores costs. A cost replaces the stored cost with the same key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from growth.attribution.facts import Cost
from growth.attribution.origin import origin_of_cost
from growth.attribution.rules import Rules
from growth.database.compiled import Rows, deleted, rows_with, upsert
from growth.database.statements import key_names
from growth.database.tables import CostRecord
from growth.ledger.storing import Outcome

Row = tuple[Any, ...]
KEY_SIZE = 5
"""The first 5 columns of a row are its key: day, source, medium, campaign and content as sent."""

SENT_SIZE = 9
"""The first 9 columns of a row are the cost as it was sent. The other columns are derived."""

SAME_COSTS = Rows(lambda: rows_with(CostRecord, *key_names(CostRecord)))
"""The stored costs that have one of the given keys."""

UPSERT_COSTS = Rows(lambda: upsert(CostRecord))
DELETE_COSTS = Rows(lambda: deleted(CostRecord))


def store_costs(costs: Sequence[Cost], rules: Rules) -> list[Outcome]:
    """Insert, replace or delete costs. Return the outcome of each cost.

    A cost that equals the stored cost is a duplicate. An amount of 0 deletes the stored cost. If
    several of `costs` have the same key, the last of them counts.
    """
    rows = [cost_row(cost, rules) for cost in costs]
    stored = {row[:KEY_SIZE]: row for row in SAME_COSTS.all([row[:KEY_SIZE] for row in rows])}
    now, outcomes = dict(stored), []
    for row in rows:
        amount = row[KEY_SIZE]
        before, after = now.pop(row[:KEY_SIZE], None), row if amount else None
        if after:
            now[row[:KEY_SIZE]] = after
        is_same = (before and before[:SENT_SIZE]) == (after and after[:SENT_SIZE])
        outcomes.append(Outcome.DUPLICATE if is_same else Outcome.STORED)
    UPSERT_COSTS.run(sorted(row for names, row in now.items() if stored.get(names) != row))
    DELETE_COSTS.run(sorted(stored.keys() - now.keys()))
    return outcomes


def cost_row(cost: Cost, rules: Rules) -> Row:
    """The row of a cost: the columns as sent, then the derived columns."""
    origin = origin_of_cost(cost, rules)
    sent = (cost.day, cost.source, cost.medium, cost.campaign, cost.content)
    figures = (cost.amount, cost.currency, cost.clicks, cost.impressions)
    names = (
        origin.channel,
        origin.source,
        origin.medium,
        origin.campaign,
        origin.content,
        origin.paid,
    )
    return *sent, *figures, *names
