"""What became of a fact."""

from __future__ import annotations

from enum import Enum


class Outcome(Enum):
    """All but CONFLICT are a success to the sender."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    """Another content is stored under its id."""
    KEPT = "kept"
    """Not a fact, but a reject."""
