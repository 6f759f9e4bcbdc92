"""The rejects in the database: bounded in rows, bytes and age; the oldest go, and are counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from growth.database.tables import MarkRecord, RejectRecord
from growth.database.tables import reject as rejects

MAX_ROWS = 10_000
MAX_BYTES = 64 * 1024 * 1024
ROW_BYTES = 200
"""What a reject takes besides its texts: numbers, and its places in the indexes."""

OLDEST_AT_ONCE = 500
DROPPED = "rejects dropped"


@dataclass(frozen=True, slots=True)
class Reject:
    """Refused input without secrets; `kept_since` is the instant before which all is forgotten."""

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
    """Write rejects, within the caller's transaction, and let the oldest go past the bounds."""
    rejects.KEEP.run_many(map(reject_row, found))
    dropped = rejects.FORGET_BEFORE.run(at=found[-1].kept_since).rowcount + drop_oldest()
    if dropped:
        MarkRecord.insert(name=DROPPED, value="0").on_conflict(
            conflict_target=[MarkRecord.name], action="nothing"
        ).execute()
        count = int(MarkRecord.get_by_id(DROPPED).value) + dropped
        MarkRecord.update(value=str(count)).where(MarkRecord.name == DROPPED).execute()


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
    """Drop the oldest until the rest fits; return how many."""
    sums = rejects.SUMS.row()
    assert sums is not None
    rows, size = sums
    dropped = 0
    while rows > MAX_ROWS or size > MAX_BYTES:
        gone: list[dict[str, str]] = []
        for digest, bytes_freed in rejects.OLDEST.rows(limit=OLDEST_AT_ONCE):
            if rows <= MAX_ROWS and size <= MAX_BYTES:
                break
            gone.append({"digest": digest})
            rows, size = rows - 1, size - bytes_freed
        rejects.FORGET.run_many(gone)
        dropped += len(gone)
    return dropped


def dropped_so_far() -> int:
    """How many were let go because of the bounds."""
    mark = MarkRecord.get_or_none(MarkRecord.name == DROPPED)
    return int(mark.value) if mark else 0


def latest_rejects() -> Iterator[RejectRecord]:
    """The rejects, latest first."""
    yield from RejectRecord.select().order_by(RejectRecord.last_seen.desc(), RejectRecord.digest)
