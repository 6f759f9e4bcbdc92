"""Keeps the sums of visits by day and by person: what a visit was goes out, what it is comes in."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import orjson
from peewee import fn

from growth.attribution.facts import DAY
from growth.attribution.visits import Visit
from growth.database.statements import by_place, key, number
from growth.database.tables import VisitRecord
from growth.database.tables import conversion as conversions
from growth.database.tables import person as people
from growth.database.tables import rollup as rollups
from growth.database.tables import visit as visit_records

Names = tuple[str, str | None, str | None, str | None, bool]
Key = tuple[int, Names, str]


def add(changes: Iterable[tuple[Visit | None, Visit | None]], slot: int = 0) -> None:
    """Add the difference that changed visits make to the sums, each row written once; to those that
    all share in one slot.
    """
    days: defaultdict[Key, list[int]] = defaultdict(lambda: [0, 0, 0])
    owners: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for old, new in changes:
        for visit, sign in ((old, -1), (new, 1)):
            if visit is not None:
                count(days[key_of(visit)], sign, sign * visit.is_first, sign * visit.pageviews)
                count(owners[visit.owner], sign, sign * visit.pageviews)
    write_persons({owner: more for owner, more in owners.items() if any(more)})
    keys = sorted(days, key=lambda key: (key[0], origin_id(key[1]), key[2]))
    write_days([(key, days[key]) for key in keys if any(days[key])], slot)


def count(figures: list[int], *more: int) -> None:
    figures[:] = map(operator.add, figures, more)


def write_persons(sums: Mapping[str, list[int]]) -> None:
    """Add to the sums of those who have any."""
    known = sorted(people.KNOWN.rows([(owner,) for owner in sums]))
    people.ADD.run_many(row_of_person(owner, *sums[owner]) for (owner,) in known)


def begin(owner: str) -> None:
    """Sum up the visits of a person, if that was not done yet."""
    if people.TOTALS.row(owner=owner) is None:
        people.INSERT.run(**seen_by(owner))


def seen_by(owner: str) -> dict[str, Any]:
    """What the sums of a person are, from the visits."""
    return row_of_person(owner, *visit_records.SEEN.rows(owner)[0])


def row_of_person(owner: str, visits: int, pageviews: int) -> dict[str, Any]:
    return {"owner": owner, "visits": visits, "pageviews": pageviews}


def key_of(visit: Visit) -> Key:
    return visit.started_at // DAY, names_of(visit), visit.country or ""


def names_of(visit: Visit) -> Names:
    origin = visit.origin
    return origin.channel, origin.source, origin.medium, origin.campaign, origin.paid


def write_days(sums: Sequence[tuple[Key, list[int]]], slot: int) -> None:
    """Write sums by day, origin and country, in that order, and those of all countries."""
    totals: defaultdict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for (day, names, _), figures in sums:
        count(totals[day, origin_id(names)], *figures)
    write_origins({origin_id(key[1]): key[1] for key, figures in sums if figures[0] > 0})
    rollups.BY_DAY.write(row_of(*key, figures, slot=slot) for key, figures in totals.items())
    rollups.BY_COUNTRY.write(
        row_of(day, origin_id(names), figures, country=country, slot=slot)
        for (day, names, country), figures in sums
    )


def write_origins(found: Mapping[int, Names]) -> None:
    """Insert the names that are not there, in the order of their ids."""
    known = {origin for (origin,) in rollups.KNOWN_ORIGINS.rows([(each,) for each in found])}
    rollups.INSERT_ORIGIN.run_many(
        {"id": each, **dict(zip(rollups.NAMES, found[each], strict=True))}
        for each in sorted(found.keys() - known)
    )


def of_all_slots(record: Any, condition: Any) -> Any:
    """The rollups that meet a condition, summed over the slots."""
    names = [field for field in key(record) if field.name != "slot"]
    figures = [getattr(record, name) for name in rollups.FIGURES]
    summed = [fn.SUM(each).alias(each.name) for each in figures]
    return record.select(*names, *summed).where(condition).group_by(*names)


def row_of(day: int, origin: int, figures: Sequence[int], **more: Any) -> dict[str, Any]:
    row = {"day": day, "origin": origin, **more}
    return row | dict(zip(rollups.FIGURES, figures, strict=True))


def sums_of_person(owner: str) -> list[dict[str, Any]]:
    """The row that the sums of a person must have; none without conversions."""
    return [seen_by(owner)] if conversions.OWNERS.rows([(owner,)]) else []


def sums_of_day(day: int) -> list[dict[str, Any]]:
    """The rows that the rollups of a day must have, summed from the visits."""
    return [row_of(day, named(row), row[5:]) for row in summed(day)]


def country_sums_of_day(day: int) -> list[dict[str, Any]]:
    """As `sums_of_day`, by country."""
    country = fn.COALESCE(VisitRecord.country, "")
    return [row_of(day, named(row), row[6:], country=row[5]) for row in summed(day, country)]


def summed(day: int, *more: Any) -> Any:
    """Visits, first visits and pageviews of a day by names and more columns."""
    figures = (
        fn.COUNT(VisitRecord.digest),
        fn.SUM(number(VisitRecord.is_first)),
        fn.SUM(VisitRecord.pageviews),
    )
    return visits_of_day(day, *more, *figures).group_by(*by_place([*NAMED, *more]))


def named(row: Sequence[Any]) -> int:
    """The id of the origin whose names a row begins with."""
    return origin_id((*row[:4], bool(row[4])))


def origins_of_day(day: int) -> list[dict[str, Any]]:
    """The names that the rollups of a day are found under, from the visits."""
    return [
        {"id": named(row), **dict(zip(rollups.NAMES, row, strict=True))}
        for row in visits_of_day(day).distinct()
    ]


NAMED = [getattr(VisitRecord, name) for name in rollups.NAMES]


def visits_of_day(day: int, *columns: Any) -> Any:
    """The names, and more columns, of the visits that began on a day."""
    at = VisitRecord.started_at
    rows = VisitRecord.select(*NAMED, *columns).where(at >= day * DAY, at < (day + 1) * DAY)
    return rows.tuples()


@lru_cache(maxsize=10_000)
def origin_id(names: Names) -> int:
    """63 bits of a hash of the names: the same for the same names in every database."""
    return int.from_bytes(blake2b(orjson.dumps(names), digest_size=8).digest()) >> 1
