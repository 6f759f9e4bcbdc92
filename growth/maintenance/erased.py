"""Records erasures: the hashed name of each erased person, and the time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b

from growth.database.tables.mark import MarkRecord, write_mark

MARK = "erased "


def remember_erased(names: Iterable[tuple[str, str]], now: int) -> None:
    """Record that persons were erased at `now` (microseconds). `names` are pairs (kind, name)."""
    for kind, name in names:
        write_mark(MARK + hashed(kind, name), str(now))


def hashed(kind: str, name: str) -> str:
    """The BLAKE2b hash (16 bytes, in hex) of `user_id:name` or `fingerprint:name`."""
    return blake2b(f"{kind}:{name}".encode(), digest_size=16).hexdigest()


def erased_before() -> Iterator[tuple[str, int]]:
    """The hash of each erased person, and the time (microseconds) of the person's last erasure."""
    marks = MarkRecord.select().where(MarkRecord.name.startswith(MARK))
    for mark in marks.order_by(MarkRecord.name):
        yield mark.name.removeprefix(MARK), int(mark.value)
