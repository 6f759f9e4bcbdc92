"""The views `main_…`: persons, visits, conversions and credits, as the rules derive them."""

from __future__ import annotations

from growth.views.dialect import ORIGIN, PERSON, Dialect, user_in


def main_persons(sql: Dialect) -> str:
    """Persons with a visit, a conversion, or a first conversion that was purged.

    `acquired_at` is the time of the first conversion. The columns from `acquired_channel` on
    describe the click that `last_click` credits with this conversion.
    """
    counts = "CASE WHEN is_conversion THEN 1 ELSE 0 END"
    return f"""
SELECT person_id, {user_in("person_id")} AS user_id, {sql.time("first_at")} AS first_seen_at,
  {sql.time("last_at")} AS last_seen_at, visits, pageviews, conversions,
  {sql.time("acquired_at")} AS acquired_at,
  CASE WHEN acquired_at IS NOT NULL THEN COALESCE(channel, 'Unattributed') END
    AS acquired_channel,
  source AS acquired_source, medium AS acquired_medium, campaign AS acquired_campaign,
  paid AS acquired_paid, country AS acquired_country
FROM (
  SELECT person_id, MIN(first_at) AS first_at, MAX(last_at) AS last_at, SUM(visits) AS visits,
    SUM(pageviews) AS pageviews, SUM(conversions) AS conversions,
    MAX(acquired_at) AS acquired_at, MAX(origin) AS origin, MAX(country) AS country
  FROM (
    SELECT {PERSON} AS person_id, started_at AS first_at, last_at, 1 AS visits, pageviews,
      0 AS conversions, CAST(NULL AS BIGINT) AS acquired_at, CAST(NULL AS BIGINT) AS origin,
      CAST(NULL AS TEXT) AS country
    FROM visits
    UNION ALL
    SELECT owner, occurred_at, occurred_at, 0, 0, {counts}, NULL, NULL, NULL
    FROM conversions WHERE is_conversion
    UNION ALL
    SELECT owner, acquired_at, acquired_at, 0, 0, 0, acquired_at, origin, country
    FROM persons WHERE acquired_at IS NOT NULL
  ) AS seen GROUP BY person_id
) AS person LEFT JOIN origins ON origins.id = person.origin"""


def main_visits(sql: Dialect) -> str:
    return f"""
SELECT digest AS visit_id, {PERSON} AS person_id, user_id, fingerprint,
  {sql.time("started_at")} AS started_at, {sql.time("last_at")} AS last_at,
  {sql.millionths("last_at - started_at")} AS seconds, pageviews, is_first, is_direct, country,
  channel, source, medium, campaign, content, term, paid, landing_page, host, referrer, url,
  referrer_url, {sql.mapping("click_ids")} AS click_ids
FROM (SELECT * FROM visits) AS visit"""


def main_conversions(sql: Dialect) -> str:
    """Conversions that are not retracted."""
    return f"""
SELECT digest AS conversion_id, COALESCE(fact_id, digest) AS id, owner AS person_id,
  {user_in("owner")} AS user_id, fingerprint, event, {sql.time("occurred_at")} AS occurred_at,
  order_id, {sql.money("value", "currency")} AS value,
  {sql.money("refunded", "currency")} AS refunded, currency, from_trial, visits_before,
  pages_before, revision, {sql.time("changed_at")} AS changed_at
FROM (SELECT * FROM conversions WHERE is_conversion) AS conversion"""


def main_credits(sql: Dialect) -> str:
    """Credits with their origins. To see content and term, join main_visits by `visit_id`."""
    return f"""
SELECT conversion AS conversion_id, owner AS person_id, {user_in("owner")} AS user_id, event,
  {sql.time("occurred_at")} AS occurred_at, model, position,
  {sql.millionths("credit")} AS credit,
  {sql.revenue()} AS revenue, currency,
  from_trial, click AS visit_id, fingerprint, {sql.time("started_at")} AS clicked_at,
  {sql.millionths("occurred_at - started_at")} AS seconds_before,
  {ORIGIN}, country
FROM credits LEFT JOIN origins ON origins.id = credits.origin"""


MAIN = {
    "main_persons": main_persons,
    "main_visits": main_visits,
    "main_conversions": main_conversions,
    "main_credits": main_credits,
}
