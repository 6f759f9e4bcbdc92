"""Updates the daily visits. For each changed visit, subtracts its old figures and adds the new."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from peewee import EXCLUDED, SQL

from growth.attribution.facts import DAY
from growth.attribution.visits import Visit
from growth.database.compiled import Rows, deleted, insert, inserted, parameter_rows, select_joined
from growth.database.statements import key
from growth.database.tables import CountryRollupRecord, OriginRecord, RollupRecord
from growth.database.tables.rollup import FIGURES, Names, origin_id
from growth.ledger.identity import Change

Figures = list[int]
"""The numbers of visits, new visitors and pageviews."""


def known_origins() -> Any:
    given, origin = parameter_rows("id"), OriginRecord
    return select_joined(given, origin, origin.id == given.c.id, origin.id)


def add_figures(record: Any) -> Any:
    """A statement that inserts rows, or adds their figures to the stored row with the same key."""
    columns = [getattr(record, name) for name in FIGURES]
    sums = {column: column + getattr(EXCLUDED, column.name) for column in columns}
    return inserted(record).on_conflict(conflict_target=key(record), update=sums)


def delete_empty_rows(record: Any) -> Any:
    return deleted(record, *(getattr(record, name) == SQL("0") for name in FIGURES))


KNOWN_ORIGINS = Rows(known_origins)
INSERT_ORIGINS = Rows(lambda: insert(OriginRecord))
ADD_DAYS = Rows(lambda: add_figures(RollupRecord))
ADD_COUNTRIES = Rows(lambda: add_figures(CountryRollupRecord))
DELETE_EMPTY_DAYS = Rows(lambda: delete_empty_rows(RollupRecord))
DELETE_EMPTY_COUNTRIES = Rows(lambda: delete_empty_rows(CountryRollupRecord))


def add_visits(changes: Iterable[Change], slot: int) -> None:
    """Insert new origins, then update the daily visits.

    Only rows of `slot` are written (see `RollupRecord`), in the order of their keys.
    """
    days: defaultdict[tuple[int, int], Figures] = defaultdict(lambda: [0, 0, 0])
    countries: defaultdict[tuple[int, int, str], Figures] = defaultdict(lambda: [0, 0, 0])
    origins: dict[int, Names] = {}
    for old, new in changes:
        for visit, sign in ((old, -1), (new, 1)):
            if visit is not None:
                day, names = visit.started_at // DAY, origin_names(visit)
                origin = origin_id(names)
                origins[origin] = names
                figures = sign, sign * visit.is_first, sign * visit.pageviews
                add_to(days[day, origin], *figures)
                add_to(countries[day, origin, visit.country or ""], *figures)
    write_origins(origins)
    write_sums(ADD_DAYS, DELETE_EMPTY_DAYS, days, slot)
    write_sums(ADD_COUNTRIES, DELETE_EMPTY_COUNTRIES, countries, slot)


def add_to(figures: Figures, *more: int) -> None:
    figures[:] = map(operator.add, figures, more)


def write_sums(adding: Rows, deleting: Rows, sums: Mapping[Any, Figures], slot: int) -> None:
    """Add `sums` to the rows of one table. Delete the rows whose figures have all become 0."""
    keys = sorted(key for key, figures in sums.items() if any(figures))
    adding.run([(*key, slot, *sums[key]) for key in keys])
    deleting.run([(*key, slot) for key in keys if sums[key][0] < 0])


def write_origins(origins: Mapping[int, Names]) -> None:
    """Insert the origins that are not stored yet, in the order of their ids."""
    known = {each for (each,) in KNOWN_ORIGINS.all([(each,) for each in sorted(origins)])}
    new = sorted(origins.keys() - known)
    INSERT_ORIGINS.run([(each, *origins[each]) for each in new])


def origin_names(visit: Visit) -> Names:
    origin = visit.origin
    return origin.channel, origin.source, origin.medium, origin.campaign, origin.paid
