"""The views `stg_…`: the facts as sent, one row for each fact.

Each view reads from a subquery, so that PostgreSQL refuses to write through it.
"""

from __future__ import annotations

from growth.views.dialect import Dialect


def staged_pageviews(sql: Dialect) -> str:
    return f"""
SELECT digest AS pageview_id, COALESCE(fact_id, digest) AS id,
  {sql.time("created_at")} AS created_at,
  fingerprint, user_id, url, referrer_url, country, user_agent, is_bot
FROM (SELECT * FROM pageviews) AS pageview"""


def staged_events(sql: Dialect) -> str:
    return f"""
SELECT digest AS event_id, COALESCE(fact_id, digest) AS id,
  {sql.time("created_at")} AS created_at,
  name, fingerprint, user_id, session_id, order_id, {sql.money("value", "currency")} AS value,
  currency, category, country, data
FROM (SELECT * FROM events) AS event"""


def staged_costs(sql: Dialect) -> str:
    return f"""
SELECT {sql.date("day")} AS day, sent_source, sent_medium, sent_campaign, sent_content,
  channel, source, NULLIF(medium, '') AS medium, NULLIF(campaign, '') AS campaign,
  NULLIF(content, '') AS content, paid, {sql.money("amount", "currency")} AS amount, currency,
  clicks, impressions
FROM (SELECT * FROM costs) AS cost"""


STAGING = {
    "stg_pageviews": staged_pageviews,
    "stg_events": staged_events,
    "stg_costs": staged_costs,
}
