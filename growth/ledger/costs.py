"""Stores costs. A cost that is sent again replaces the earlier one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from growth.attribution.facts import Cost
from growth.attribution.rules import Rules
from growth.attribution.spending import origin_of_cost
from growth.ledger.outcome import Outcome
from growth.ledger.statements.facts import DELETE_COSTS, SAME_COSTS, UPSERT_COSTS

Row = tuple[Any, ...]
NAMES = 5
"""Columns of the key: the day and the names as sent."""

FIGURES = 9
"""Columns that the sender tells; the rest is derived."""


def store_costs(costs: Sequence[Cost], rules: Rules) -> list[Outcome]:
    """Insert, replace or delete costs. The same figures again are a duplicate.

    An amount of 0 deletes a cost. Of two costs with the same names the later one counts.
    """
    rows = [cost_row(cost, rules) for cost in costs]
    stored = {row[:NAMES]: row for row in SAME_COSTS.all([row[:NAMES] for row in rows])}
    now, outcomes = dict(stored), []
    for row in rows:
        before, after = now.pop(row[:NAMES], None), row if row[NAMES] else None
        if after:
            now[row[:NAMES]] = after
        is_same = (before and before[:FIGURES]) == (after and after[:FIGURES])
        outcomes.append(Outcome.DUPLICATE if is_same else Outcome.STORED)
    UPSERT_COSTS.run(sorted(row for names, row in now.items() if stored.get(names) != row))
    DELETE_COSTS.run(sorted(stored.keys() - now.keys()))
    return outcomes


def cost_row(cost: Cost, rules: Rules) -> Row:
    """The row of a cost: as sent, then the origin that it counts under."""
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
