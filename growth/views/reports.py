"""Views with sums by day or month in UTC. GET /attribution gives the same sums."""

from __future__ import annotations

from growth.views.dialect import ORIGIN, Dialect

EDGES = (10, 30, 60, 180, 600, 1_800, 3_600)
"""The limits, in seconds, between the groups of visits in the view `visit_durations`."""


def credited_sums(sql: Dialect) -> str:
    """SQL for the columns `conversions` (the sum of credits) and `revenue` of a currency."""
    return f"{sql.millionths('SUM(credit)')} AS conversions, SUM({sql.revenue()}) AS revenue"


def daily_attribution(sql: Dialect) -> str:
    return f"""
SELECT {sql.day("occurred_at")} AS day, event, model, {ORIGIN}, currency, {credited_sums(sql)}
FROM credits LEFT JOIN origins ON origins.id = credits.origin
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9"""


def daily_activity(sql: Dialect) -> str:
    """Activity by day. Visits, new visitors and pageviews come from the daily visits."""
    return f"""
SELECT day, SUM(visits) AS visits, SUM(new_visitors) AS new_visitors,
  SUM(pageviews) AS pageviews, SUM(events) AS events,
  COUNT(DISTINCT fingerprint) AS active_visitors, COUNT(DISTINCT user_id) AS active_users
FROM (
  SELECT {sql.date("day")} AS day, visits, new_visitors, pageviews, 0 AS events,
    CAST(NULL AS TEXT) AS fingerprint, CAST(NULL AS TEXT) AS user_id
  FROM rollups
  UNION ALL
  SELECT {sql.day("started_at")}, 0, 0, 0, 0, fingerprint, user_id FROM visits
  UNION ALL
  SELECT {sql.day("created_at")}, 0, 0, 0, 1, fingerprint, user_id FROM events
) AS active GROUP BY day"""


def visit_durations(sql: Dialect) -> str:
    lasted = "last_at - started_at"
    edges = list(zip((0, *EDGES), (*EDGES, None), strict=True))
    begins = " ".join(
        f"WHEN {lasted} >= {start * 1_000_000} THEN {start}" for start, _ in reversed(edges)
    )
    ends = " ".join(f"WHEN {start} THEN {end}" for start, end in edges if end is not None)
    return f"""
SELECT day, from_seconds, CASE from_seconds {ends} END AS to_seconds, COUNT(*) AS visits,
  {sql.millionths("SUM(lasted)")} AS seconds, {sql.millionths("MAX(lasted)")} AS longest_seconds
FROM (
  SELECT {sql.day("started_at")} AS day, CASE {begins} END AS from_seconds, {lasted} AS lasted
  FROM visits
) AS visit GROUP BY day, from_seconds"""


def cohorts(sql: Dialect) -> str:
    """Conversions by cohort and by month, credited to the click that acquired the person.

    The cohort is the month of the person's first conversion. The month is the month of the
    conversion itself.
    """
    return f"""
SELECT {sql.month("acquired_at")} AS cohort_month, {sql.month("occurred_at")} AS month, event,
  {ORIGIN}, currency, COUNT(DISTINCT credits.owner) AS persons, {credited_sums(sql)}
FROM credits LEFT JOIN origins ON origins.id = credits.origin
  LEFT JOIN persons ON persons.owner = credits.owner
WHERE model = 'acquisition'
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9"""


REPORTED = {
    "daily_attribution": daily_attribution,
    "daily_activity": daily_activity,
    "visit_durations": visit_durations,
    "cohorts": cohorts,
}
