"""Mending: derives rows anew from the facts, and compares or corrects the stored rows.

Each function takes some units of a rebuild (see growth/maintenance/rebuild.py), the ledger and
whether to write. It yields each difference. With `write`, it also corrects the stored row. The
caller opens the transaction.
"""

from __future__ import annotations

from growth.maintenance.mending.claims import mend_claims
from growth.maintenance.mending.days import mend_costs, mend_days
from growth.maintenance.mending.persons import mend_persons
from growth.maintenance.mending.visits import mend_visits

__all__ = ["mend_claims", "mend_costs", "mend_days", "mend_persons", "mend_visits"]
