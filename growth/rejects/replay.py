"""Replays rejects: tries again to store their facts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from growth.database.tables import RejectRecord

Retake = Callable[[RejectRecord], dict[str, Any]]
"""Stores a reject's facts as if they arrived when the reject first did. Returns the answer."""


def replay(reject: RejectRecord, retakes: Mapping[str, Retake]) -> tuple[int, str]:
    """Try again to store the facts of a reject. Delete the reject if no fact is refused again.

    `retakes` has a function for each path that stores facts. Return the number of facts stored, and
    the reason why facts are refused again. The reason is '' if no fact is refused.
    """
    for path, retake in retakes.items():
        if reject.path.startswith(path.partition("/{")[0]):
            receipt = retake(reject)
            break
    else:
        return 0, f"{reject.path} stores no facts"
    if receipt["rejected"]:
        return receipt["stored"], json.dumps(receipt["rejected"])
    reject.delete_instance()
    return receipt["stored"], ""
