"""Keeps the sums of visits by day and by person: what a visit was goes out, what it is comes in."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import orjson
from peewee import fn

from growth.attribution.facts import DAY
from growth.attribution.visits import Visit
from growth.models import VisitRecord
from growth.models import person as people
from growth.models import rollup as rollups

Names = tuple[str, str | None, str | None, str | None, bool]
Key = tuple[int, Names, str]

FIGURES = ("visits", "new_visitors", "pageviews")


def add(changes: Iterable[tuple[Visit | None, Visit | None]]) -> None:
    """Add the difference that changed visits make to the sums, each row written once."""
    days: defaultdict[Key, list[int]] = defaultdict(lambda: [0, 0, 0])
    owners: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for old, new in changes:
        for visit, sign in ((old, -1), (new, 1)):
            if visit is not None:
                count(days[key_of(visit)], sign, sign * visit.is_first, sign * visit.pageviews)
                count(owners[visit.owner], sign, sign * visit.pageviews)
    write_persons([(owner, owners[owner]) for owner in sorted(owners) if any(owners[owner])])
    keys = sorted(days, key=lambda key: (key[0], origin_id(key[1]), key[2]))
    write_days([(key, days[key]) for key in keys if any(days[key])])


def count(figures: list[int], *more: int) -> None:
    figures[:] = map(operator.add, figures, more)


def write_persons(sums: Sequence[tuple[str, list[int]]]) -> None:
    rows: list[dict[str, Any]] = [
        {"owner": owner, "visits": visits, "pageviews": pageviews}
        for owner, (visits, pageviews) in sums
    ]
    people.ADD.run_many(rows)
    people.DELETE_EMPTY.run_many(row for row in rows if row["visits"] < 0)


def key_of(visit: Visit) -> Key:
    return visit.started_at // DAY, names_of(visit), visit.country or ""


def names_of(visit: Visit) -> Names:
    origin = visit.origin
    return origin.channel, origin.source, origin.medium, origin.campaign, origin.paid


def write_days(sums: Sequence[tuple[Key, list[int]]]) -> None:
    rows: list[dict[str, Any]] = []
    for (day, names, country), figures in sums:
        key = {"day": day, "origin": origin_id(names), "country": country}
        rows.append(key | dict(zip(FIGURES, figures, strict=True)))
    rollups.INSERT_ORIGIN.run_many(
        {"id": origin_id(names), **dict(zip(rollups.NAMES, names, strict=True))}
        for names in {key[1] for key, figures in sums if figures[0] > 0}
    )
    rollups.ADD.run_many(rows)
    rollups.DELETE_EMPTY.run_many(row for row in rows if row["visits"] < 0)


def sums_of_person(owner: str) -> list[dict[str, Any]]:
    """The row that the sums of a person must have, from the visits; none without visits."""
    visits, pageviews = (
        VisitRecord.select(fn.COUNT(VisitRecord.digest), fn.SUM(VisitRecord.pageviews))
        .where(VisitRecord.owner == owner)
        .tuples()
        .get()
    )
    return [{"owner": owner, "visits": visits, "pageviews": pageviews}] if visits else []


def sums_of_day(day: int) -> list[dict[str, Any]]:
    """The rows that the rollups of a day must have, summed from the visits."""
    country = fn.COALESCE(VisitRecord.country, "")
    figures = (
        fn.COUNT(VisitRecord.digest),
        fn.SUM(VisitRecord.is_first),
        fn.SUM(VisitRecord.pageviews),
    )
    rows = visits_of_day(day, country, *figures).group_by(*NAMED, country)
    return [
        {
            "day": day,
            "origin": origin_id((*row[:4], bool(row[4]))),
            "country": row[5],
            **dict(zip(FIGURES, row[6:], strict=True)),
        }
        for row in rows
    ]


def origins_of_day(day: int) -> list[dict[str, Any]]:
    """The names that the rollups of a day are found under, from the visits."""
    return [
        {"id": origin_id((*row[:4], bool(row[4]))), **dict(zip(rollups.NAMES, row, strict=True))}
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
