"""Computes the period of a question, and the current time that all pages of its answer share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from growth.attribution.facts import DAY
from growth.query.words import ACTIVE, COHORTS, TIMES, without_sign
from growth.query.zones import HOUR, day_of, span_of, start_of, weekday_of
from growth.schemas.times import DATE, format_time, parse_time


def period_of(last: tuple[int, str], now: int, zone: str) -> tuple[int, int | None]:
    """The start and the end of the last N hours, days or weeks.

    The last hours go up to now, so their end is None. The last days and weeks include all of today.
    Weeks begin on Monday.
    """
    number, unit = last
    if unit == "h":
        return now - number * HOUR, None
    today = day_of(now, zone)
    first = today - number + 1 if unit == "d" else today - weekday_of(today) - 7 * (number - 1)
    return start_of(first, zone), start_of(today + 1, zone)


VISITS_END = DAY
"""All visits of a period are assumed to have ended this long after the end of the period."""


def basis_of(valid: Mapping[str, Any], last: tuple[int, str] | None, now: int) -> int:
    """The time that later pages of the answer take as the current time.

    It is `now` if the answer depends on the time of day, and the start of today if the answer
    depends on the date only. It is 0 if the answer does not depend on the current time at all.
    """
    end = valid["end"]
    if valid["report"] == "visit" and (end is None or now < end + VISITS_END):
        return now
    if last is not None and last[1] == "h":
        return now
    is_of_today = not set(ACTIVE).isdisjoint(valid["metrics"]) and (end is None or now < end)
    zone = valid["timezone"]
    return start_of(day_of(now, zone), zone) if last is not None or is_of_today else 0


def instant(text: str | None, zone: str, parameter: str) -> int | None:
    """The time that `text` gives, in microseconds. A day means its first instant in the zone."""
    if text is None:
        return None
    if not DATE.fullmatch(text):
        return parse_time(text)
    try:
        at = start_of(parse_time(f"{text}T00:00Z") // DAY, zone)
        format_time(at)
    except OverflowError as ex:
        raise ValidationError({parameter: ["Lies outside the years 1 to 9999."]}) from ex
    return at


def spans(name: str, labels: tuple[Any, ...], zone: str) -> tuple[Any, ...]:
    if without_sign(name) not in (*TIMES, *COHORTS):
        return labels
    return tuple(span_of(without_sign(name), label, zone) for label in labels)
