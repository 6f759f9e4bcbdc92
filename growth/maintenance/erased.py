"""What was erased when: the names of persons hashed, so that they are not kept by that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b

from growth.database.statements import replace
from growth.database.tables import MarkRecord

MARK = "erased "


def remember_erased(names: Iterable[tuple[str, str]], now: int) -> None:
    """Keep when persons were erased, in microseconds; each by its kind and name."""
    for kind, name in names:
        replace(MarkRecord, {"name": MARK + hashed(kind, name), "value": str(now)})


def hashed(kind: str, name: str) -> str:
    """BLAKE2b of 16 bytes, in hex, of `user_id:name` or `fingerprint:name`."""
    return blake2b(f"{kind}:{name}".encode(), digest_size=16).hexdigest()


def erased_before() -> Iterator[tuple[str, int]]:
    """The hash of each that was erased, and when it was last, in microseconds."""
    marks = MarkRecord.select().where(MarkRecord.name.startswith(MARK))
    for mark in marks.order_by(MarkRecord.name):
        yield mark.name.removeprefix(MARK), int(mark.value)
