"""Stores rejects. Deletes and counts the oldest rejects beyond limits of number, size and age."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from peewee import EXCLUDED, chunked, fn

from growth.database.tables import RejectRecord
from growth.database.tables.mark import read_mark, write_mark

MAX_ROWS = 10_000
MAX_BYTES = 64 * 1024 * 1024
ROW_BYTES = 200
"""The bytes that a reject takes besides its texts, for numbers and index entries."""

AT_ONCE = 500
"""How many rows one statement writes or deletes."""

DROPPED = "rejects dropped"


@dataclass(frozen=True, slots=True)
class Reject:
    """Refused input, without its secrets. Rejects older than `kept_since` are deleted."""

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
    """Write rejects in the caller's transaction. Delete the oldest beyond the limits."""
    for rows in chunked(merged(found), AT_ONCE):
        keep(rows)
    record = RejectRecord
    forgotten = record.delete().where(record.last_seen < found[-1].kept_since).execute()
    if dropped := forgotten + drop_oldest():
        write_mark(DROPPED, str(dropped_so_far() + dropped))


def merged(found: Sequence[Reject]) -> list[dict[str, Any]]:
    """One row for each digest. `times_seen` counts how often it was sent."""
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
    """Delete the oldest rejects until the limits are kept. Return how many were deleted."""
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
    """How many rejects the limits have deleted so far."""
    return int(read_mark(DROPPED) or 0)


def latest_rejects() -> Iterator[RejectRecord]:
    """The rejects, latest first."""
    yield from RejectRecord.select().order_by(RejectRecord.last_seen.desc(), RejectRecord.digest)
