"""The words of GET /attribution: dimensions, lists, filters, metrics and sort orders."""

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
COHORTS = ("cohort_week", "cohort_month")
"""The dimensions by week and by month of a person's first conversion.

Both need `model=acquisition`.
"""

EVENT_DIMENSIONS = ("name", "category", "country", *TIMES)
"""The dimensions of events that are not conversions."""

LISTS = ("user", "conversion", "visit", "pageview", "event")
ALONE = (*LISTS, "visit_duration")
INCLUDES = ("users", "touches")
FORMATS = ("json", "csv")

ALL_DIMENSIONS = tuple(dict.fromkeys((*DIMENSIONS, *EVENT_DIMENSIONS, *COHORTS)))
LEFT_OUT = tuple(f"{name}!" for name in ALL_DIMENSIONS)
"""The parameters that leave values out, such as `channel!` in `channel!=Direct`."""

PERSON = ("user_id", "fingerprint")
KEPT: dict[str, tuple[str, ...]] = {
    "groups": (*DIMENSIONS, *COHORTS, *PERSON),
    "visit_duration": (*DIMENSIONS, *PERSON),
    "events": (*EVENT_DIMENSIONS, *PERSON, "session_id", "id", "order_id"),
    "user": (*DIMENSIONS, *PERSON),
    "conversion": (*DIMENSIONS, *PERSON, "id", "order_id"),
    "visit": (*DIMENSIONS, *PERSON, "status"),
    "pageview": (*DIMENSIONS, *PERSON, "id"),
    "event": (*EVENT_DIMENSIONS, *PERSON, "session_id", "id", "order_id"),
}
"""The filters of each report."""

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
ACTIVE = ("active_visitors", "active_users")
BY_TIME = (*ACTIVE, "visit_duration")
"""Metrics that only reports by time have.

Computing these metrics takes long, so an answer has them only if `metrics` names them or is `all`.
"""

REPORTED: dict[str, tuple[str, ...]] = {"groups": METRICS, "events": ("events",)}
"""The default metrics of each report: all of its metrics except `BY_TIME`."""

ALL_METRICS = ("all", *METRICS, "events", *BY_TIME)

LIST_SORTS: dict[str, tuple[str, ...]] = {
    "user": ("first_visit",),
    "conversion": ("occurred_at", "changed_at"),
    "visit": ("started_at",),
    "pageview": ("created_at",),
    "event": ("created_at",),
    "visit_duration": ("visit_duration",),
}


def sorts(report: str, by: tuple[str, ...]) -> tuple[str, ...]:
    """The names by which a report can be sorted."""
    return LIST_SORTS.get(report) or (*REPORTED[report], *by)


def default_sort(report: str, by: tuple[str, ...], metrics: tuple[str, ...]) -> str:
    """The sort order of a query without the parameter `sort`.

    Groups are sorted by conversions. If `metrics` does not name conversions, groups are sorted by
    the first metric in `metrics` that is not in BY_TIME. If there is none, groups are sorted by
    their first dimension. Lists begin with the newest row, durations of visits with the shortest.
    """
    if report == "visit_duration":
        return report
    if report in LIST_SORTS:
        return f"-{LIST_SORTS[report][0]}"
    sortable = [name for name in metrics if name in REPORTED[report]]
    if "conversions" in sortable:
        return "-conversions"
    return f"-{sortable[0]}" if sortable else by[0]


def metrics_by_time(by: tuple[str, ...], is_filtered: bool) -> tuple[str, ...]:
    """The metrics by time that a report with the dimensions `by` can have.

    A report has them only if its sole dimension is one of `TIMES`. Active visitors and users are
    not counted by hour, and not if there are filters.
    """
    if len(by) != 1 or by[0] not in TIMES:
        return ()
    is_whole_days_of_all = by[0] != "hour" and not is_filtered
    return BY_TIME if is_whole_days_of_all else ("visit_duration",)


def without_sign(name: str) -> str:
    """The dimension of a filter: `channel` for `channel!`."""
    return name.removesuffix("!")
