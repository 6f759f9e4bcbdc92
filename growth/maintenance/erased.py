"""Records erasures: a hash of each erased user id or fingerprint, and the time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b

from growth.database.tables.mark import MarkRecord, write_mark

MARK = "erased "


def remember_erased(names: Iterable[tuple[str, str]], now: int) -> None:
    """Record that users and visitors were erased at `now`, in microseconds.

    `names` are pairs of a kind, which is `user_id` or `fingerprint`, and an id.
    """
    for kind, name in names:
        write_mark(MARK + hashed(kind, name), str(now))


def hashed(kind: str, name: str) -> str:
    """The BLAKE2b hash (16 bytes, in hex) of `user_id:name` or `fingerprint:name`."""
    return blake2b(f"{kind}:{name}".encode(), digest_size=16).hexdigest()


def erased_before() -> Iterator[tuple[str, int]]:
    """Yield the hash of each erased id, and the time of its last erasure in microseconds."""
    marks = MarkRecord.select().where(MarkRecord.name.startswith(MARK))
    for mark in marks.order_by(MarkRecord.name):
        yield mark.name.removeprefix(MARK), int(mark.value)
