"""Stores the items of a file in batches, as a POST would, and goes on where it was broken off."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from growth.database.statements import replace
from growth.database.tables import MarkRecord
from growth.http.bodies import JSON, NDJSON, BadJsonError
from growth.ledger.rejects import Reject
from growth.maintenance.turns import PAUSE_SECONDS
from growth.transfer.files import File
from growth.transfer.mapping import Mapping
from growth.transfer.progress import progress
from growth.transfer.rows import Row, file_rows

BATCH = 500
"""Items of a transaction. Items that nothing names are known by the place of their batch."""

MOST_TOLD = 20
"""Refused lines that are told; all are kept as rejects."""

Tell = Callable[[str], None]


class Sink(Protocol):
    """Where items go: the resource of their kind."""

    def record(
        self, items: list[Any], webhook_id: str | None = None, is_dry: bool = False
    ) -> dict[str, Any]:
        """Store the good items, committed when it returns; say what became of them."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where the items of an import go, and what is refused: nowhere if `keep` is None.

    `reject` makes a reject of its kind, its text and the reason.
    """

    sink: Sink
    reject: Callable[[str, str, Any], Reject]
    keep: Callable[[Sequence[Reject]], Any] | None
    is_dry: bool = False


def import_file(file: File, mapping: Mapping, target: Target, name: str, tell: Tell) -> int:
    """Store the items of a file and return how many were refused.

    `name` is that of the mark which says how many items are done, so that a second import of the
    same file goes on there.
    """
    done = 0 if target.is_dry else items_done(name)
    if done:
        tell(f"{file.name}: goes on after the first {done} items")
    counts, unread, ended = Counter[str](), set[str](), 0.0
    with file.text() as (text, raw), progress(file) as show:
        items = islice(mapping.items(file_rows(text, mapping.shape)), done, None)
        while batch := list(islice(items, BATCH)):
            leave_the_lock(ended, target)
            answer = target.sink.record(
                [item for _, item in batch], f"{name} {done}", target.is_dry
            )
            done += len(batch)
            refuse(batch, answer["rejected"], file, target, counts["refused"], tell)
            if not target.is_dry:
                replace(MarkRecord, {"name": name, "value": str(done)})
            ended = time.monotonic()
            counts.update(counts_of_answer(answer))
            unread |= set(answer.get("ignored", ()))
            show(raw.tell(), batch[-1][0])
    if not target.is_dry:
        MarkRecord.delete().where(MarkRecord.name == name).execute()
    counts["left out"] = mapping.left_out
    tell(f"{file.name}: {', '.join(outcome_told(counts, unread, target.is_dry))}")
    return counts["refused"]


def items_done(name: str) -> int:
    mark = MarkRecord.get_or_none(MarkRecord.name == name)
    return int(mark.value) if mark else 0


def leave_the_lock(since: float, target: Target) -> None:
    """Leave the database to others for a while; reading the batch was a part of it."""
    if not target.is_dry:
        time.sleep(max(0.0, since + PAUSE_SECONDS - time.monotonic()))


def refuse(
    batch: Sequence[Row],
    rejected: Iterable[dict[str, Any]],
    file: File,
    target: Target,
    before: int,
    tell: Tell,
) -> None:
    """Keep what is refused with its line, and tell the first of it."""
    kept = []
    for number, each in enumerate(rejected, before + 1):
        line, item = batch[each["index"]]
        place = f"{file.name}, line {line}"
        if number <= MOST_TOLD:
            tell(f"{place}: {'; '.join(reasons(each['errors']))}")
        is_unread = isinstance(item, BadJsonError)
        text = item.text if is_unread else json.dumps(item, ensure_ascii=False)
        kept.append(
            target.reject(NDJSON if is_unread else JSON, text, each["errors"] | {"line": [place]})
        )
    if kept and target.keep:
        target.keep(kept)


def reasons(errors: dict[str, Any]) -> Iterator[str]:
    for field, why in errors.items():
        text = " ".join(map(str, why)) if isinstance(why, list) else str(why)
        yield text if field == "_schema" else f"{field}: {text}"


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
