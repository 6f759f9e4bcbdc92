"""The outcome of a fact: what the ledger did with it."""

from enum import Enum


class Outcome(Enum):
    """All but CONFLICT are a success to the sender."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    KEPT = "kept"
    """A reject, which is no fact."""
