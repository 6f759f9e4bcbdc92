"""Stores the items of a file in batches, as if each batch were the body of a POST.

An import that was interrupted resumes when it is run again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol

from growth.database.tables.mark import drop_mark, read_mark, write_mark
from growth.http.strict_json import kind_and_text
from growth.ledger.rejects import Reject
from growth.transfer.files import File
from growth.transfer.mapping import Mapping
from growth.transfer.rows import Row, file_rows

BATCH = 2_000
"""Number of items in a transaction. A transaction takes about a tenth of a second.

An item that has neither an id nor a time gets an id. This id is made from the number of items
before the batch, and from the index of the item in the batch. So a change of BATCH changes the ids,
and an import that is repeated after the change would store these items twice.
"""

MOST_SHOWN = 20
"""Number of refused lines of a file to print. All refused lines are kept as rejects."""

Show = Callable[[str], None]


class Sink(Protocol):
    """Stores items of one kind. The resource of `POST /events` is the sink of events."""

    def record(
        self, items: list[Any], webhook_id: str | None = None, is_dry: bool = False
    ) -> dict[str, Any]:
        """Store the valid items, commit, and return the answer that a POST of the items gets."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where an import puts its items and its rejects.

    `reject` makes a reject from the media type of an item, its text and the reason. `keep` stores
    rejects. If `keep` is None, no rejects are stored.
    """

    sink: Sink
    reject: Callable[[str, str, Any], Reject]
    keep: Callable[[Sequence[Reject]], Any] | None
    is_dry: bool = False


@dataclass
class Import:
    """The import of a file.

    While the import runs, the database holds the number of processed items, as the text of the mark
    `name`. If an earlier import of the same file with the same options was interrupted, this import
    skips the items that the earlier import has processed.
    """

    file: File
    mapping: Mapping
    target: Target
    name: str
    show: Show
    counts: Counter[str] = field(default_factory=Counter)
    unread: set[str] = field(default_factory=set)

    def run(self, progress: Callable[[int], None]) -> int:
        """Store the items and return how many were refused.

        `progress` gets the number of bytes read since the last call.
        """
        done = self.items_done()
        if done:
            self.show(f"{self.file.name}: resumes after the first {done:,} items")
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
        phrases = outcome(self.counts, self.unread, self.target.is_dry)
        self.show(f"{self.file.name}: {', '.join(phrases)}")
        return self.counts["refused"]

    def store(self, batch: Sequence[Row], done: int) -> None:
        """Store a batch. Keep its refused lines as rejects, and print up to MOST_SHOWN of them."""
        items = [item for _, item in batch]
        answer = self.target.sink.record(items, f"{self.name} {done}", self.target.is_dry)
        kept = []
        for number, each in enumerate(answer["rejected"], self.counts["refused"]):
            line, item = batch[each["index"]]
            place = f"{self.file.name}, {self.mapping.shape.unit} {line}"
            if number < MOST_SHOWN:
                self.show(f"{place}: {'; '.join(reasons(each['errors']))}")
            reason = {**each["errors"], "line": [place]}
            kept.append(self.target.reject(*kind_and_text(item), reason))
        if kept and self.target.keep:
            self.target.keep(kept)
        self.counts.update(counts_of_answer(answer))
        self.unread |= set(answer.get("ignored", ()))

    def items_done(self) -> int:
        """The number of items that an interrupted import has stored or refused."""
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


def outcome(counts: Counter[str], unread: set[str], is_dry: bool) -> Iterator[str]:
    """The counts as phrases, such as `refused 2`.

    `left out`, `of bots` and `dated later than now` are only among the phrases if they are not 0.
    """
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
