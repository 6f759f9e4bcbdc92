"""Mending: derives rows anew from the facts, and compares or corrects the stored rows.

Each function takes some units of a rebuild (see growth/maintenance/rebuild.py), the ledger, and
`write`. It yields the differences between the stored and the derived rows. If `write` is true, it
also corrects the stored rows. The caller opens the transaction.
"""

from __future__ import annotations

from growth.maintenance.mending.claims import mend_claims
from growth.maintenance.mending.days import mend_costs, mend_days
from growth.maintenance.mending.persons import mend_persons
from growth.maintenance.mending.visits import mend_visits

__all__ = ["mend_claims", "mend_costs", "mend_days", "mend_persons", "mend_visits"]
