"""The outcome of a fact: what the ledger did with it."""

from enum import Enum


class Outcome(Enum):
    """All but CONFLICT and REFUSED are a success to the sender."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REFUSED = "refused"
    """The database cannot hold it."""
    KEPT = "kept"
    """A reject, which is no fact."""
