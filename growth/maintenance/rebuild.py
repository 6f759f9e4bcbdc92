"""Derives all rows anew from the facts, to correct the stored rows or to check them.

Stages run one after the other. Each stage goes through units that do not depend on each other. For
claims and visits, a unit is a subject: a visitor, or the user of events without a visitor. For
conversions and credits, a unit is a person. For daily visits and for costs, a unit is a day. The
rows derived from a unit are compared with the stored rows. A check only reports differences. A
rebuild also corrects the stored rows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from growth.database.statements import database
from growth.database.tables.mark import (
    announce,
    change_state,
    drop_mark,
    end_announced,
    read_mark,
    write_mark,
)
from growth.ledger.ledger import Ledger
from growth.maintenance import mending
from growth.maintenance.differences import Difference, Found
from growth.maintenance.staleness import keep_settings
from growth.maintenance.turns import PAUSE_SECONDS, TURN_SECONDS
from growth.maintenance.units import COST_DAYS, DAYS, OWNERS, SUBJECTS, Units

MARK = "rebuild"

Mend = Callable[[Sequence[str], Ledger, bool], Found]

STAGES: dict[str, tuple[Units, int, Mend]] = {
    "claims": (SUBJECTS, 100, mending.mend_claims),
    "visits": (SUBJECTS, 100, mending.mend_visits),
    "conversions": (OWNERS, 50, mending.mend_persons),
    "days": (DAYS, 1, mending.mend_days),
    "costs": (COST_DAYS, 10, mending.mend_costs),
}
"""For each stage: its units, the number of units in a transaction, and the function to mend them.

With these numbers, a transaction usually takes less than 0.1 seconds.
"""


class Rebuild:
    """A rebuild under the rules of a ledger. If `write` is false, it is a check."""

    def __init__(self, ledger: Ledger, write: bool) -> None:
        self.ledger = ledger
        self.write = write
        self.pause_at = 0.0

    def run(self, progress: Callable[[int], None]) -> Found:
        """Go through all stages; yield the differences between stored and derived rows.

        `progress` is called with the number of units done since its last call. The numbers add up
        to about `total()`. An interrupted rebuild resumes where it stopped. If the rules have
        changed since then, it begins again.
        """
        stage, after = self.resumed()
        names = list(STAGES)
        for name in names[names.index(stage) :]:
            for some in self.chunks(name, after):
                yield from self.mend(name, some)
                progress(len(some))
            after = ""
        self.remember(None)
        if self.write:
            keep_settings(self.ledger)

    def chunks(self, stage: str, after: str) -> Iterator[list[str]]:
        units, size, _ = STAGES[stage]
        while some := units.after(after, size):
            yield some
            after = some[-1]

    def mend(self, stage: str, units: Sequence[str]) -> list[Difference]:
        """Compare or mend some units in one transaction; return the differences.

        A rebuild pauses from time to time, so that other writers can get the lock. SQLite has no
        queue for its lock.
        """
        with database.atomic("EXCLUSIVE" if self.write else "DEFERRED"):
            found = list(STAGES[stage][-1](units, self.ledger, self.write))
            self.remember(f"{stage} {units[-1]}")
            if found and self.write:
                change_state()
        if self.write and time.monotonic() > self.pause_at:
            time.sleep(PAUSE_SECONDS)
            self.pause_at = time.monotonic() + TURN_SECONDS
        return found

    def total(self) -> int:
        """The approximate number of units of all stages."""
        return sum(units.count() for units, *_ in STAGES.values())

    def resumed(self) -> tuple[str, str]:
        """The stage to begin with, and the last unit done in this stage, or '' if none is done."""
        mark = read_mark(MARK) if self.write else None
        version, stage, after = mark.split(" ", 2) if mark else ("", "", "")
        is_ours = version == self.ledger.version and stage in STAGES
        return (stage, after) if is_ours else (next(iter(STAGES)), "")

    def remember(self, place: str | None) -> None:
        """Record how far the rebuild is: `place` is the stage and the last unit done.

        A `place` of None records that the rebuild has ended.
        """
        if self.write and place is not None:
            write_mark(MARK, f"{self.ledger.version} {place}")
            announce("rebuild", self.ledger.clock())
        elif self.write:
            drop_mark(MARK)
            end_announced()
