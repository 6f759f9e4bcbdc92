"""Deletes the rejects that contain a user id or fingerprint, even with letters escaped in JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from typing import Any

from growth.attribution.facts import is_lead
from growth.database.tables import RejectRecord

ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
"""An escape in JSON. A character beyond 16 bits is written as two escapes."""


def drop_rejects_of(name: str) -> int:
    """Delete the rejects that contain a user id or fingerprint. Return how many."""
    found = rejects_of(name)
    for digest in found:
        RejectRecord.delete().where(RejectRecord.digest == digest).execute()
    return len(found)


def rejects_of(name: str) -> list[str]:
    """The digests of the rejects that contain a user id or fingerprint.

    The name of a lead, such as `google_ads:EAIaIQ-1`, is also found without its platform.
    """
    names = {name, name.partition(":")[2]} if is_lead(name) else {name}
    rows = RejectRecord.select(RejectRecord.digest, RejectRecord.body).tuples()
    return [digest for digest, body in rows.iterator() if tells_of(body, names)]


def tells_of(body: str, names: Collection[str]) -> bool:
    """Whether a body contains one of the names: in JSON as a value, in other text as a word."""
    plain = unescaped(body)
    if not any(name in plain for name in names):
        return False
    try:
        return any(value in names for value in values_in(json.loads(body)))
    except (ValueError, RecursionError):
        words = "|".join(map(re.escape, names))
        return re.search(rf"(?<![\w-])(?:{words})(?![\w-])", plain) is not None


def unescaped(text: str) -> str:
    """The text without JSON's escapes."""
    letters = ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)
    whole = letters.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return re.sub(r'\\(["\\/])', r"\1", whole)


def values_in(value: Any) -> Iterator[str]:
    """All texts and numbers in a JSON value, as trimmed texts."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from values_in(each)
    elif isinstance(value, str | int | float):
        yield str(value).strip()
