"""Records rejects again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from growth.database.tables import RejectRecord

Retake = Callable[[RejectRecord], dict[str, Any]]
"""Records a reject as of the time when it first arrived, and returns the answer to its sender."""


def replay(reject: RejectRecord, retakes: Mapping[str, Retake]) -> tuple[int, str]:
    """Record a reject again. Delete it if it is accepted now.

    `retakes` has a function for each path that stores facts. Return the number of facts stored, and
    the reason if the reject is refused again, else ''.
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
