"""Time zones: which local day an instant lies in, and when a local day begins.

Times are in microseconds UTC, days and hours count from 1970-01-01 on the local clock.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from growth.attribution.facts import DAY, MINUTE, SECOND
from growth.schemas.times import EPOCH, MICROSECOND

HOUR = 60 * MINUTE
WEEK = 7 * DAY
FIRST, LAST = (datetime(year, 1, 1, tzinfo=UTC) for year in (1880, 2100))
"""Between them zones have had, and are known to get, other offsets."""

EPOCH_DAY = date(1970, 1, 1)


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """The zones there are, those of IANA: machines have more beside them, such as `localtime`.

    `Factory` is what a clock says that was never set.
    """
    return frozenset(files("tzdata").joinpath("zones").read_text().split()) - {"Factory"}


@lru_cache(maxsize=64)
def transitions(zone: str) -> tuple[tuple[int, int], ...]:
    """From when on which offset is in force, in microseconds, earliest first.

    The first has been in force for ever. Found by looking at every week and halving those over
    which the offset changes, for `zoneinfo` does not tell.
    """
    start, end = ((at - EPOCH) // MICROSECOND for at in (FIRST, LAST))
    found = [(start, offset_of(start, zone))]
    for before in range(start, end if zone != "UTC" else start, WEEK):
        while offset_of(before + WEEK, zone) != found[-1][1]:
            changed = change_between(before, before + WEEK, found[-1][1], zone)
            found.append((changed, offset_of(changed, zone)))
    return tuple(found)


def change_between(before: int, after: int, offset: int, zone: str) -> int:
    """The instant at which the offset that holds before is another."""
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
    """What the local clock shows, as if it were UTC."""
    known = transitions(zone)
    place = bisect_right(known, instant, key=lambda each: each[0])
    return instant + known[max(place - 1, 0)][1]


def day_of(instant: int, zone: str) -> int:
    return local(instant, zone) // DAY


def start_of(day: int, zone: str) -> int:
    """The first instant of a local day."""
    midnight = datetime.combine(date_of(day), time(), ZoneInfo(zone))
    return (midnight - EPOCH) // MICROSECOND


def date_of(day: int) -> date:
    return EPOCH_DAY + timedelta(days=day)


def hour_label(hour: int, offset: int) -> str:
    """A local hour with its offset, so that the hour that comes twice stays two.

    >>> hour_label(466023, 3600)
    '2023-03-01T15:00:00+01:00'
    """
    ahead = timezone(timedelta(seconds=offset))
    shown = (EPOCH + timedelta(hours=hour)).replace(tzinfo=ahead).isoformat()
    return shown.replace("+00:00", "Z")


def week_label(day: int) -> str:
    """The ISO week of a day: `2023-W03`."""
    year, week, _ = date_of(day).isocalendar()
    return f"{year:04}-W{week:02}"


def month_label(day: int) -> str:
    return f"{date_of(day):%Y-%m}"


def span_of(name: str, label: str, zone: str) -> tuple[int, int]:
    """The instants from and to which an hour, a day, a week or a month lasts.

    Raises ValueError for what is no such label.
    """
    if name == "hour":
        start = (datetime.fromisoformat(label) - EPOCH) // MICROSECOND
        return start, start + HOUR
    first, after = days_of(name, label)
    return start_of((first - EPOCH_DAY).days, zone), start_of((after - EPOCH_DAY).days, zone)


def days_of(name: str, label: str) -> tuple[date, date]:
    """The first day of a day, week or month, and the first after it."""
    if name == "day":
        first = datetime.strptime(label, "%Y-%m-%d").date()
        return first, first + timedelta(days=1)
    if name == "week":
        first = datetime.strptime(f"{label}-1", "%G-W%V-%u").date()
        return first, first + timedelta(days=7)
    first = datetime.strptime(label, "%Y-%m").date()
    return first, (first + timedelta(days=31)).replace(day=1)
