"""The words of GET /attribution: what may be grouped, listed, kept and sorted by."""

from __future__ import annotations

ORIGINS = (
    "channel",
    "source",
    "medium",
    "campaign",
    "content",
    "term",
    "paid",
    "landing_page",
    "referrer",
    "host",
)
TIMES = ("hour", "day", "week", "month")
DIMENSIONS = (*ORIGINS, "country", *TIMES)
EVENT_DIMENSIONS = ("name", "category", "country", *TIMES)
"""What events are grouped by that are no conversions."""

LISTS = ("user", "conversion", "visit", "event")
ALONE = (*LISTS, "visit_duration")
INCLUDES = ("users", "touches")

ALL_DIMENSIONS = tuple(dict.fromkeys((*DIMENSIONS, *EVENT_DIMENSIONS)))

PERSON = ("user_id", "fingerprint")
KEPT: dict[str, tuple[str, ...]] = {
    "groups": (*DIMENSIONS, *PERSON),
    "visit_duration": (*DIMENSIONS, *PERSON),
    "events": (*EVENT_DIMENSIONS, *PERSON, "session_id", "id"),
    "user": (*DIMENSIONS, *PERSON),
    "conversion": (*DIMENSIONS, *PERSON, "id"),
    "visit": (*DIMENSIONS, *PERSON, "status"),
    "event": (*EVENT_DIMENSIONS, *PERSON, "session_id", "id"),
}
"""What each report can be narrowed by."""

METRICS = (
    "visits",
    "new_visitors",
    "pageviews",
    "conversions",
    "share",
    "conversion_rate",
    "from_trial",
    "time_to_convert",
    "pages_before",
    "pages_after",
    "revenue",
    "cost",
    "cost_per_conversion",
    "roi",
)
LIST_SORTS: dict[str, tuple[str, ...]] = {
    "user": ("first_visit",),
    "conversion": ("occurred_at", "changed_at"),
    "visit": ("started_at",),
    "event": ("created_at",),
    "visit_duration": ("visit_duration",),
}


def sorts(report: str, by: tuple[str, ...]) -> tuple[str, ...]:
    """What a report can be sorted by; the first is the default, newest or most first."""
    if report == "groups":
        return ("conversions", *(name for name in METRICS if name != "conversions"), *by)
    return LIST_SORTS.get(report) or ("events", *by)


def default_sort(report: str, by: tuple[str, ...]) -> str:
    first = sorts(report, by)[0]
    return first if report == "visit_duration" else f"-{first}"
