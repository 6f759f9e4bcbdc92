"""Stores what was spent; what is told again replaces the earlier figure."""

from __future__ import annotations

import dataclasses
from typing import Any

from growth.attribution.facts import Cost
from growth.attribution.rules import Rules
from growth.attribution.spending import origin_of_cost
from growth.database.statements import values
from growth.database.tables import cost as costs
from growth.ledger.outcome import Outcome


def store(cost: Cost, rules: Rules) -> Outcome:
    """Insert or restate a cost; the very same figures again are a duplicate."""
    if costs.SAME.row(**values(cost)) == dataclasses.astuple(cost):
        return Outcome.DUPLICATE
    costs.UPSERT.execute(row_of(cost, rules))
    return Outcome.STORED


def row_of(cost: Cost, rules: Rules) -> dict[str, Any]:
    """The row of a cost: its own columns, and those of a visit tagged with the same names."""
    origin = origin_of_cost(cost, rules)
    return {**values(cost), "channel": origin.channel, "paid": origin.paid}
