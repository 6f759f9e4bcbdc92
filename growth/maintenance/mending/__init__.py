"""Derives units anew from the facts and compares them with what is stored, or mends it.

Each function takes some units, the ledger and whether to write. It yields what differs, a row each,
and mends it if it writes. The caller holds the transaction.
"""

from __future__ import annotations

from growth.maintenance.mending.claims import mend_claims
from growth.maintenance.mending.days import mend_costs, mend_days
from growth.maintenance.mending.persons import mend_persons
from growth.maintenance.mending.visits import mend_visits

__all__ = ["mend_claims", "mend_costs", "mend_days", "mend_persons", "mend_visits"]
