"""Stores rejects. Deletes rejects that are too old or too many, and those of erased persons."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from peewee import EXCLUDED, chunked, fn

from growth.attribution.facts import is_lead
from growth.database.tables import RejectRecord
from growth.database.tables.mark import read_mark, write_mark

MAX_ROWS = 10_000
MAX_BYTES = 64 * 1024 * 1024
ROW_BYTES = 200
"""An estimate of the bytes that a reject's numbers and index entries take in the database."""

AT_ONCE = 500
"""The most rows that one statement writes, or deletes because there are too many."""

DROPPED = "rejects dropped"


@dataclass(frozen=True, slots=True)
class Reject:
    """Refused input, without its secrets.

    When a reject is stored, all rejects that were last seen before its `kept_since` are deleted.
    """

    path: str
    kind: str
    body: str
    reason: str
    seen_at: int
    kept_since: int

    @property
    def digest(self) -> str:
        return blake2b(f"{self.path}\n{self.body}".encode(), digest_size=16).hexdigest()


def store_rejects(found: Sequence[Reject]) -> None:
    """Write rejects in the caller's transaction. Delete rejects that are too old or too many."""
    for rows in chunked(merged(found), AT_ONCE):
        keep(rows)
    record = RejectRecord
    forgotten = record.delete().where(record.last_seen < found[-1].kept_since).execute()
    if dropped := forgotten + drop_oldest():
        write_mark(DROPPED, str(dropped_so_far() + dropped))


def merged(found: Sequence[Reject]) -> list[dict[str, Any]]:
    """One row for each digest in `found`. `times_seen` counts the rejects with this digest."""
    rows: dict[str, dict[str, Any]] = {}
    for each in found:
        row, earlier = reject_row(each), rows.get(each.digest)
        rows[each.digest] = row if earlier is None else again(earlier, row)
    return [rows[digest] for digest in sorted(rows)]


def again(earlier: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    more = {"first_seen": earlier["first_seen"], "times_seen": earlier["times_seen"] + 1}
    return row | more


def keep(rows: Sequence[dict[str, Any]]) -> None:
    """Insert rejects. If a reject is stored already, add to its `times_seen`."""
    record = RejectRecord
    query = record.insert_many(rows).on_conflict(
        conflict_target=[record.digest],
        preserve=[record.last_seen, record.reason],
        update={record.times_seen: record.times_seen + EXCLUDED.times_seen},
    )
    query.as_rowcount().execute()


def reject_row(reject: Reject) -> dict[str, Any]:
    texts = {
        "digest": reject.digest,
        "path": reject.path,
        "kind": reject.kind,
        "reason": reject.reason,
        "body": reject.body,
    }
    return texts | {
        "size": ROW_BYTES + sum(len(text.encode()) for text in texts.values()),
        "times_seen": 1,
        "first_seen": reject.seen_at,
        "last_seen": reject.seen_at,
    }


def drop_oldest() -> int:
    """Delete the oldest rejects beyond MAX_ROWS or MAX_BYTES. Return how many were deleted."""
    record, dropped = RejectRecord, 0
    sums = record.select(fn.COUNT(record.digest), fn.COALESCE(fn.SUM(record.size), 0))
    rows, size = sums.scalar(as_tuple=True)
    oldest = record.select(record.digest, record.size).order_by(record.last_seen, record.digest)
    while rows > MAX_ROWS or size > MAX_BYTES:
        gone: list[str] = []
        for digest, bytes_freed in oldest.limit(AT_ONCE).tuples():
            if rows <= MAX_ROWS and size <= MAX_BYTES:
                break
            gone.append(digest)
            rows, size = rows - 1, size - bytes_freed
        dropped += record.delete().where(record.digest.in_(gone)).execute()
    return dropped


def dropped_so_far() -> int:
    """How many rejects were deleted so far because they were too old or too many."""
    return int(read_mark(DROPPED) or 0)


def latest_rejects() -> Iterator[RejectRecord]:
    """All rejects, the latest first."""
    yield from RejectRecord.select().order_by(RejectRecord.last_seen.desc(), RejectRecord.digest)


ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
"""A JSON escape with four hex digits. A character above U+FFFF is written as two escapes."""


def drop_rejects_of(name: str) -> int:
    """Delete the rejects that contain the user id or fingerprint `name`. Return how many."""
    found = rejects_of(name)
    for digest in found:
        RejectRecord.delete().where(RejectRecord.digest == digest).execute()
    return len(found)


def rejects_of(name: str) -> list[str]:
    """The digests of the rejects that contain the user id or fingerprint `name`.

    If `name` is a lead, such as `google_ads:EAIaIQ-1`, rejects with only `EAIaIQ-1` are found, too.
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
    """The text with JSON's escapes of hex digits, quotes and slashes replaced by the characters."""
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
