"""Derives everything anew from the facts, to mend the derived tables or to check them.

Stages run one after the other, each over units that stand alone: claims by subject, visits and
their owners by subject, conversions and credits by person, rollups by day. A unit is compared
with what is stored, so that a check writes nothing and a rebuild writes only what differs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from growth.database.statements import replace
from growth.database.tables import (
    MarkRecord,
)
from growth.database.tables.mark import change_state
from growth.ledger.ledger import Ledger
from growth.maintenance.differences import Difference, Found
from growth.maintenance.mending import Mending
from growth.maintenance.turns import in_turns
from growth.maintenance.units import COST_DAYS, DAYS, OWNERS, SUBJECTS, Units

UNITS = 200
"""Units that are looked up at once."""

MARK = "rebuild"

Mend = Callable[[str], Found]


class Rebuild:
    """A rebuild, or with `write` off a check, under the rules of a ledger."""

    def __init__(self, ledger: Ledger, write: bool) -> None:
        self.ledger = ledger
        self.write = write
        mending = Mending(ledger, write)
        self.stages: dict[str, tuple[Units, Mend]] = {
            "claims": (SUBJECTS, mending.claims),
            "visits": (SUBJECTS, mending.visits),
            "conversions": (OWNERS, mending.conversions),
            "rollups": (DAYS, mending.rollups),
            "costs": (COST_DAYS, mending.costs),
        }

    def run(self, progress: Callable[[int], None]) -> Found:
        """Go through all stages; yield what differs, or differed before it was mended.

        `progress` is told how many of `total()` units were done since it was told last. A rebuild
        that was broken off goes on where it was, unless the rules are others by now.
        """
        stage, after = self.resumed()
        names = list(self.stages)
        for name in names[names.index(stage) :]:
            units, _ = self.stages[name]
            while chunk := units.after(after, UNITS):
                found: list[Difference] = []
                work = partial(self.do, name, found)
                for done in in_turns(chunk, self.write, work):
                    yield from found
                    found.clear()
                    progress(done)
                after = chunk[-1]
            after = ""
        self.remember(None)

    def do(self, stage: str, found: list[Difference], unit: str) -> None:
        """Compare one unit, and mend it; add what differs to `found`."""
        _, mend = self.stages[stage]
        differences = list(mend(unit))
        found += differences
        self.remember(f"{stage} {unit}")
        if differences and self.write:
            change_state()

    def total(self) -> int:
        """About how many units all stages have."""
        return sum(units.count() for units, _ in self.stages.values())

    def resumed(self) -> tuple[str, str]:
        """The stage to go on with, and the unit after which."""
        mark = MarkRecord.get_or_none(MarkRecord.name == MARK) if self.write else None
        version, stage, after = mark.value.split(" ", 2) if mark else ("", "", "")
        return (stage, after) if version == self.ledger.version else ("claims", "")

    def remember(self, place: str | None) -> None:
        """Keep how far the rebuild is; None once it is done."""
        if self.write and place is not None:
            replace(MarkRecord, {"name": MARK, "value": f"{self.ledger.version} {place}"})
        elif self.write:
            MarkRecord.delete().where(MarkRecord.name == MARK).execute()
