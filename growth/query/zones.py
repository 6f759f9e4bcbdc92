"""Time zones: the local day of an instant, and the start of a local day.

Times are in microseconds since 1970-01-01 UTC. A day or an hour is a number, too: how many days or
hours have passed since 1970-01-01 on the local clock.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from growth.attribution.facts import DAY, MINUTE, SECOND
from growth.schemas.times import DATE, EPOCH, MICROSECOND

HOUR = 60 * MINUTE
WEEK = 7 * DAY
FIRST, LAST = (datetime(year, 1, 1, tzinfo=UTC) for year in (1880, 2100))
"""Changes of a zone's offset are searched for between these times.

The last offset found is used for all later times.
"""

EPOCH_DAY = date(1970, 1, 1)
FIRST_DAY, LAST_DAY = ((edge - EPOCH_DAY).days for edge in (date.min, date.max))


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """The names of IANA's time zones, except `Factory`, the zone of a clock that was never set.

    The names are read from tzdata, because `zoneinfo` also lists `localtime`, which depends on the
    machine.
    """
    return frozenset(files("tzdata").joinpath("zones").read_text().split()) - {"Factory"}


@lru_cache(maxsize=64)
def transitions(zone: str) -> tuple[tuple[int, int], ...]:
    """The changes of a zone's offset from UTC, earliest first, as (instant, new offset).

    Both are in microseconds. The first offset holds for all earlier times, too. `zoneinfo` does not
    list these changes. So the offsets of successive weeks are compared, and a week in which the
    offset changes is bisected.
    """
    start, end = ((at - EPOCH) // MICROSECOND for at in (FIRST, LAST))
    found = [(start, offset_of(start, zone))]
    for before in range(start, end if zone != "UTC" else start, WEEK):
        while offset_of(before + WEEK, zone) != found[-1][1]:
            changed = change_between(before, before + WEEK, found[-1][1], zone)
            found.append((changed, offset_of(changed, zone)))
    return tuple(found)


def change_between(before: int, after: int, offset: int, zone: str) -> int:
    """The instant between `before` and `after` at which the zone leaves `offset`."""
    while after - before > SECOND:
        middle = (before + after) // 2 // SECOND * SECOND
        if offset_of(middle, zone) == offset:
            before = middle
        else:
            after = middle
    return after


def offset_of(instant: int, zone: str) -> int:
    at = (EPOCH + timedelta(microseconds=instant)).astimezone(ZoneInfo(zone))
    return (at.utcoffset() or timedelta()) // MICROSECOND


def local(instant: int, zone: str) -> int:
    """The time on the local clock, in microseconds since 1970-01-01T00:00 on this clock."""
    known = transitions(zone)
    place = bisect_right(known, instant, key=lambda each: each[0])
    return instant + known[max(place - 1, 0)][1]


def day_of(instant: int, zone: str) -> int:
    return local(instant, zone) // DAY


def start_of(day: int, zone: str) -> int:
    """The first instant of a local day. The day may lie outside the years 1 to 9999."""
    known = date_of(day)
    midnight = datetime.combine(known, time(), ZoneInfo(zone))
    return (midnight - EPOCH) // MICROSECOND + (day - (known - EPOCH_DAY).days) * DAY


def is_midnight(instant: int, zone: str) -> bool:
    """Whether a local day begins at the instant."""
    return start_of(day_of(instant, zone), zone) == instant


def date_of(day: int) -> date:
    """The date of a day. A day outside the years 1 to 9999 gets the nearest date in these years."""
    return EPOCH_DAY + timedelta(days=min(max(day, FIRST_DAY), LAST_DAY))


def weekday_of(day: int) -> int:
    """0 is Monday."""
    return (day + EPOCH_DAY.weekday()) % 7


def hour_label(hour: int, offset: int) -> str:
    """The label of a local hour, with its offset.

    When a clock is set back, it shows an hour twice. The offset tells these two hours apart.

    >>> hour_label(466023, 3600)
    '2023-03-01T15:00:00+01:00'
    """
    ahead = timezone(timedelta(seconds=offset))
    at = EPOCH + timedelta(hours=min(max(hour, 24 * FIRST_DAY), 24 * LAST_DAY + 23))
    shown = at.replace(tzinfo=ahead).isoformat()
    return shown.replace("+00:00", "Z")


def week_label(day: int) -> str:
    """The ISO week of a day: `2023-W03`."""
    year, week, _ = date_of(day).isocalendar()
    return f"{year:04}-W{week:02}"


def month_label(day: int) -> str:
    return date_of(day).isoformat()[:7]


def span_of(name: str, label: str, zone: str) -> tuple[int, int]:
    """The start (inclusive) and end (exclusive) of the hour, day, week or month named `label`.

    `name` is the dimension, such as `week`. Raises ValueError for an invalid label.
    """
    name = name.removeprefix("cohort_")
    if not WRITTEN[name].fullmatch(label):
        raise ValueError(label)
    if name == "hour":
        start = (datetime.fromisoformat(label) - EPOCH) // MICROSECOND
        return start, start + HOUR
    return start_of(first_day_of(name, label), zone), start_of(day_after(name, label), zone)


WRITTEN = {
    "hour": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d(:\d\d)?)", re.ASCII),
    "day": DATE,
    "week": re.compile(r"\d{4}-W\d\d", re.ASCII),
    "month": re.compile(r"\d{4}-\d\d", re.ASCII),
}


def first_day_of(name: str, label: str) -> int:
    """The first day of the week or month named `label`, or the day with this name.

    Raises ValueError for an invalid label.
    """
    if name == "day":
        first = date.fromisoformat(label)
    elif name == "week":
        first = datetime.strptime(f"{label}-1", "%G-W%V-%u").date()
    else:
        first = date.fromisoformat(f"{label}-01")
    return (first - EPOCH_DAY).days


def day_after(name: str, label: str) -> int:
    """The day after the end of the day, week or month named `label`, even in the year 10000."""
    first = first_day_of(name, label)
    if name == "month":
        at = date_of(first)
        return first + monthrange(at.year, at.month)[1]
    return first + (1 if name == "day" else 7)
