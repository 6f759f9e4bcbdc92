"""Stores the items of a file in batches, like a POST. An interrupted import resumes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol

from growth.database.tables.mark import drop_mark, read_mark, write_mark
from growth.http.bodies import kind_and_text
from growth.ledger.rejects import Reject
from growth.transfer.files import File
from growth.transfer.mapping import Mapping
from growth.transfer.rows import Row, file_rows

BATCH = 2_000
"""Items of a transaction, which takes about a tenth of a second.

Items without id and time get an id from the place of their batch and their place in it, so a
changed BATCH would store them again.
"""

MOST_TOLD = 20
"""Refused lines to print; all are kept as rejects."""

Tell = Callable[[str], None]


class Sink(Protocol):
    """The receiver of items: the resource of their kind."""

    def record(
        self, items: list[Any], webhook_id: str | None = None, is_dry: bool = False
    ) -> dict[str, Any]:
        """Store the valid items and commit; return the answer."""


@dataclass(frozen=True, slots=True)
class Target:
    """The receivers of an import's items and of its rejects. Without `keep` no rejects are kept.

    `reject` makes a reject from its kind, its text and the reason.
    """

    sink: Sink
    reject: Callable[[str, str, Any], Reject]
    keep: Callable[[Sequence[Reject]], Any] | None
    is_dry: bool = False


@dataclass
class Import:
    """The import of a file.

    `name` is the name of the mark with the number of items done. The same file with the same
    options resumes there.
    """

    file: File
    mapping: Mapping
    target: Target
    name: str
    tell: Tell
    counts: Counter[str] = field(default_factory=Counter)
    unread: set[str] = field(default_factory=set)

    def run(self, progress: Callable[[int], None]) -> int:
        """Store the items and return how many were refused.

        `progress` gets the number of bytes read since the last call.
        """
        done = self.items_done()
        if done:
            self.tell(f"{self.file.name}: goes on after the first {done:,} items")
        place = 0
        with self.file.text() as (text, raw):
            items = islice(self.mapping.items(file_rows(text, self.mapping.shape)), done, None)
            while batch := list(islice(items, BATCH)):
                self.store(batch, done)
                done += len(batch)
                self.mark(done)
                progress(raw.tell() - place)
                place = raw.tell()
        self.unmark()
        self.counts["left out"] = self.mapping.left_out
        told = outcome_told(self.counts, self.unread, self.target.is_dry)
        self.tell(f"{self.file.name}: {', '.join(told)}")
        return self.counts["refused"]

    def store(self, batch: Sequence[Row], done: int) -> None:
        """Store a batch; keep its refused lines, and print the first ones."""
        items = [item for _, item in batch]
        answer = self.target.sink.record(items, f"{self.name} {done}", self.target.is_dry)
        kept = []
        for number, each in enumerate(answer["rejected"], self.counts["refused"]):
            line, item = batch[each["index"]]
            place = f"{self.file.name}, {self.mapping.shape.unit} {line}"
            if number < MOST_TOLD:
                self.tell(f"{place}: {'; '.join(reasons(each['errors']))}")
            reason = {**each["errors"], "line": [place]}
            kept.append(self.target.reject(*kind_and_text(item), reason))
        if kept and self.target.keep:
            self.target.keep(kept)
        self.counts.update(counts_of_answer(answer))
        self.unread |= set(answer.get("ignored", ()))

    def items_done(self) -> int:
        """The number of items that an interrupted import has stored."""
        mark = None if self.target.is_dry else read_mark(self.name)
        return int(mark) if mark else 0

    def mark(self, done: int) -> None:
        if not self.target.is_dry:
            write_mark(self.name, str(done))

    def unmark(self) -> None:
        if not self.target.is_dry:
            drop_mark(self.name)


def reasons(errors: dict[str, Any]) -> Iterator[str]:
    for name, why in errors.items():
        text = " ".join(map(str, why)) if isinstance(why, list) else str(why)
        yield text if name == "_schema" else f"{name}: {text}"


def counts_of_answer(answer: dict[str, Any]) -> Counter[str]:
    return Counter(
        {
            "stored": answer["stored"],
            "known already": answer["duplicates"],
            "refused": len(answer["rejected"]),
            "dated later than now": answer.get("skewed", 0),
            "of bots": answer.get("bots", 0),
        }
    )


def outcome_told(counts: Counter[str], unread: set[str], is_dry: bool) -> Iterator[str]:
    """What became of the items; of the rest only what there is."""
    if is_dry:
        yield f"{counts['stored']} would be stored"
    else:
        yield f"stored {counts['stored']}, known already {counts['known already']}"
    yield f"refused {counts['refused']}"
    for name in ("left out", "of bots", "dated later than now"):
        if counts[name]:
            yield f"{name} {counts[name]}"
    if unread:
        yield f"not read: {' '.join(sorted(unread))}"
