"""Finds parameters of GET /attribution that do not go together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from growth.attribution.conversions import Terms
from growth.attribution.credit import ACQUISITION
from growth.query.filters import FILTERS
from growth.query.parameters import nearest
from growth.query.words import (
    ALONE,
    BY_TIME,
    COHORTS,
    EVENT_DIMENSIONS,
    KEPT,
    LISTS,
    REPORTED,
    metrics_by_time,
    sorts,
    without_sign,
)
from growth.query.zones import span_of

MOST_LISTED = 1_000
"""The largest number of rows on a page of a list."""


Misfits = Iterator[tuple[str, str]]
"""Pairs of the name of a parameter and an error message about the parameter."""


def misfits(valid: Mapping[str, Any], terms: Terms) -> Misfits:
    """Find the parameters that cannot be combined with the other parameters.

    If the event is wrong, no other parameter is checked, because the report depends on the event.
    """
    if message := wrong_event(valid, terms):
        yield "event", message
        return
    yield from wrong_by(valid, terms)
    yield from wrong_filters(valid)
    yield from wrong_page(valid)
    yield from wrong_metrics(valid)
    report = valid["report"]
    if valid["last"] is not None and valid["start"] is not None:
        yield "last", "Cannot be combined with from."
    if valid["changed_since"] is not None and report != "conversion":
        yield "changed_since", "Needs by=conversion."
    if "touches" in valid["include"] and report not in ("user", "conversion"):
        yield "include", "include=touches needs by=user or by=conversion."
    if "users" in valid["include"] and report not in ("groups", "events"):
        yield "include", "include=users needs a report by dimensions, such as by=channel."


def wrong_by(valid: Mapping[str, Any], terms: Terms) -> Misfits:
    by, report = valid["by"], valid["report"]
    if report in ALONE and len(by) > 1:
        yield "by", f"{report} must be the only value."
    elif report == "events" and (wrong := set(by) - set(EVENT_DIMENSIONS)):
        message = f"Events that are not conversions cannot be grouped by {', '.join(sorted(wrong))}"
        allowed = f"only by {', '.join(EVENT_DIMENSIONS)}"
        yield "by", f"{message}, {allowed}. Conversions are {listed_names(terms)}."
    elif (cohorts := set(by) & set(COHORTS)) and valid["model"] != ACQUISITION:
        yield "by", f"{', '.join(sorted(cohorts))} needs model={ACQUISITION}."


def wrong_filters(valid: Mapping[str, Any]) -> Misfits:
    kept = KEPT[valid["report"]]
    for name in [name for name in FILTERS if name in valid]:
        dimension = without_sign(name)
        if dimension not in kept:
            yield name, f"Not a filter of this report; its filters are: {', '.join(kept)}."
        elif dimension in COHORTS and valid["model"] != ACQUISITION:
            yield name, f"Needs model={ACQUISITION}."
        elif dimension in LABELS:
            yield from wrong_times(name, valid)


def wrong_page(valid: Mapping[str, Any]) -> Misfits:
    report, sort = valid["report"], (valid["sort"] or "").removeprefix("-")
    allowed = sorts(report, valid["by"])
    if valid["sort"] is not None and sort not in allowed:
        near = nearest(sort, allowed) or "."
        names = f"{', '.join(allowed)}{near}"
        yield "sort", f"Must be one of these, with - in front for descending order: {names}"
    if report in LISTS and valid["limit"] > MOST_LISTED:
        yield "limit", "Must be a whole number from 1 to 1,000 in lists."


def wrong_event(valid: Mapping[str, Any], terms: Terms) -> str | None:
    """An error message if the report cannot answer for the event, else None."""
    event, report = valid["event"], valid["report"]
    if event is None or report not in ("events", "conversion", "user") or converts(event, terms):
        return None
    near = nearest(event, terms.names)
    if report != "events":
        others = f"{near or '.'} Conversions are {listed_names(terms)}."
        return f"'{event}' is not a conversion{others}"
    wrong = [name for name in valid["by"] if name not in EVENT_DIMENSIONS]
    if not wrong:
        return None
    return (
        f"'{event}' is not a conversion, so it cannot be grouped by {', '.join(wrong)}"
        f"{near or '.'} Conversions are {listed_names(terms)}; "
        f"other events can be grouped only by {', '.join(EVENT_DIMENSIONS[:3])} and time."
    )


def converts(event: str, terms: Terms) -> bool:
    return event.lower() in terms.converting


def listed_names(terms: Terms) -> str:
    return ", ".join(sorted(terms.names))


def wrong_metrics(valid: Mapping[str, Any]) -> Misfits:
    by, report = valid["by"], valid["report"]
    asked = [name for name in valid["metrics"] if name != "all"]
    if valid["metrics"] and report not in REPORTED:
        yield "metrics", "Only reports by dimensions, such as by=channel, have metrics."
    elif unknown := [name for name in asked if name not in (*REPORTED[report], *BY_TIME)]:
        allowed = ", ".join((*REPORTED[report], *BY_TIME, "all"))
        yield (
            "metrics",
            f"This report does not have {', '.join(unknown)}; allowed are: {allowed}.",
        )
    else:
        fitting = metrics_by_time(by, any(name in valid for name in FILTERS))
        for name in set(asked) & set(BY_TIME) - set(fitting):
            yield "metrics", f"{name} {FITS[name]}."


FITS = dict.fromkeys(BY_TIME, "needs by=day, by=week or by=month, and no filters") | {
    "visit_duration": "needs by=hour, by=day, by=week or by=month"
}


def wrong_times(name: str, valid: Mapping[str, Any]) -> Misfits:
    try:
        for label in valid.get(name, ()):
            span_of(without_sign(name), label or "", valid["timezone"])
    except (ValueError, TypeError, OverflowError):
        yield name, f"Must be written as in answers, such as {LABELS[without_sign(name)]}."


LABELS = {
    "hour": "2023-01-20T14:00:00+01:00",
    "day": "2023-01-20",
    "week": "2023-W03",
    "month": "2023-01",
    "cohort_week": "2023-W03",
    "cohort_month": "2023-01",
}
