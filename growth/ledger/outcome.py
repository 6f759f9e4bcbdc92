"""The outcome of a fact in the ledger."""

from enum import Enum


class Outcome(Enum):
    """For the sender, all but CONFLICT and REFUSED are a success."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REFUSED = "refused"
    """The database cannot hold it."""
    KEPT = "kept"
    """A reject, not a fact, is stored."""
