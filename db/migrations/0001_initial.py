"""Creates the tables of version 1.0.0.

Do not edit this migration. If you change a table in growth/database/tables, add a new migration.
spec/database/tables/schema_spec.py checks that the migrations create the tables defined there.
"""

import re

TABLES = """
CREATE TABLE pageviews (
    fingerprint TEXT NOT NULL, created_at BIGINT NOT NULL, digest TEXT NOT NULL,
    url TEXT NOT NULL, referrer_url TEXT, user_id TEXT, fact_id TEXT, country TEXT,
    user_agent TEXT, is_bot BOOL NOT NULL, PRIMARY KEY (fingerprint, created_at, digest)
) WITHOUT ROWID;
CREATE UNIQUE INDEX pageviews_fact_id ON pageviews (fact_id, fingerprint) WHERE fact_id IS NOT NULL;
CREATE TABLE events (
    subject TEXT NOT NULL, created_at BIGINT NOT NULL, digest TEXT NOT NULL, name TEXT NOT NULL,
    fingerprint TEXT, user_id TEXT, fact_id TEXT, value BIGINT, currency TEXT, category TEXT,
    session_id TEXT, order_id TEXT, country TEXT, data TEXT,
    PRIMARY KEY (subject, created_at, digest)
) WITHOUT ROWID;
CREATE INDEX events_name_created_at_digest ON events (name, created_at, digest);
CREATE INDEX events_created_at_digest_user_id ON events (created_at, digest, user_id);
CREATE UNIQUE INDEX events_fact_id ON events (fact_id, subject) WHERE fact_id IS NOT NULL;
CREATE INDEX events_user_id ON events (user_id, created_at) WHERE user_id IS NOT NULL;
CREATE INDEX events_session_id ON events (session_id, created_at) WHERE session_id IS NOT NULL;
CREATE INDEX events_category ON events (category, created_at, digest) WHERE category IS NOT NULL;
CREATE INDEX events_country ON events (country, created_at, digest) WHERE country IS NOT NULL;
CREATE INDEX events_order_id ON events (order_id, created_at) WHERE order_id IS NOT NULL;
CREATE TABLE costs (
    day INTEGER NOT NULL, sent_source TEXT NOT NULL, sent_medium TEXT NOT NULL,
    sent_campaign TEXT NOT NULL, sent_content TEXT NOT NULL, amount BIGINT NOT NULL,
    currency TEXT NOT NULL, clicks BIGINT, impressions BIGINT, channel TEXT NOT NULL,
    source TEXT, medium TEXT, campaign TEXT, content TEXT, paid BOOL NOT NULL,
    PRIMARY KEY (day, sent_source, sent_medium, sent_campaign, sent_content)
) WITHOUT ROWID;
CREATE TABLE remnants (
    subject TEXT NOT NULL, kind TEXT NOT NULL, user_id TEXT NOT NULL,
    created_at BIGINT NOT NULL, PRIMARY KEY (subject, kind, user_id, created_at)
) WITHOUT ROWID;
CREATE TABLE claims (
    fingerprint TEXT NOT NULL, created_at BIGINT NOT NULL, user_id TEXT NOT NULL,
    PRIMARY KEY (fingerprint, created_at, user_id)
) WITHOUT ROWID;
CREATE TABLE devices (
    user_id TEXT NOT NULL, fingerprint TEXT NOT NULL, PRIMARY KEY (user_id, fingerprint)
) WITHOUT ROWID;
CREATE INDEX devices_fingerprint_user_id ON devices (fingerprint, user_id);
CREATE TABLE visits (
    fingerprint TEXT NOT NULL, started_at BIGINT NOT NULL, digest TEXT NOT NULL,
    tie SMALLINT NOT NULL, last_at BIGINT NOT NULL, pageviews BIGINT NOT NULL,
    is_first BOOL NOT NULL, user_id TEXT, url TEXT NOT NULL, referrer_url TEXT, country TEXT,
    is_direct BOOL NOT NULL, rules TEXT NOT NULL, channel TEXT NOT NULL, source TEXT,
    medium TEXT, campaign TEXT, content TEXT, term TEXT, paid BOOL NOT NULL,
    landing_page TEXT NOT NULL, host TEXT NOT NULL, referrer TEXT, click_ids TEXT NOT NULL,
    PRIMARY KEY (fingerprint, started_at, digest)
) WITHOUT ROWID;
CREATE INDEX visits_started_at_last_at_user_id_digest ON visits (started_at, last_at, user_id,
    digest);
CREATE INDEX visits_user_id_is_direct_started_at ON visits (user_id, is_direct, started_at)
    WHERE user_id IS NOT NULL;
CREATE INDEX visits_user_id_started_at_pageviews ON visits (user_id, started_at, pageviews)
    WHERE user_id IS NOT NULL;
CREATE INDEX visits_user_id_last_at_started_at ON visits (user_id, last_at, started_at)
    WHERE user_id IS NOT NULL;
CREATE TABLE persons (
    owner TEXT NOT NULL PRIMARY KEY, visits BIGINT NOT NULL, pageviews BIGINT NOT NULL,
    acquired_at BIGINT, fingerprint TEXT, started_at BIGINT, click TEXT, origin BIGINT,
    country TEXT, is_kept BOOL NOT NULL
) WITHOUT ROWID;
CREATE TABLE conversions (
    owner TEXT NOT NULL, occurred_at BIGINT NOT NULL, digest TEXT NOT NULL, event TEXT NOT NULL,
    fingerprint TEXT, fact_id TEXT, order_id TEXT, sent_value BIGINT, sent_currency TEXT,
    value BIGINT, currency TEXT, refunded BIGINT NOT NULL, is_conversion BOOL NOT NULL,
    from_trial BOOL NOT NULL, visits_before BIGINT NOT NULL, pages_before BIGINT NOT NULL,
    revision INTEGER NOT NULL, changed_at BIGINT NOT NULL,
    PRIMARY KEY (owner, occurred_at, digest)
) WITHOUT ROWID;
CREATE INDEX conversions_digest ON conversions (digest);
CREATE INDEX conversions_owner_event_occurred_at ON conversions (owner, event, occurred_at);
CREATE INDEX conversions_fingerprint ON conversions (fingerprint);
CREATE INDEX conversions_changed_at ON conversions (changed_at);
CREATE INDEX conversions_occurred_at_digest ON conversions (occurred_at, digest);
CREATE INDEX conversions_event_occurred_at_digest ON conversions (event, occurred_at, digest);
CREATE INDEX conversions_order_id ON conversions (owner, order_id) WHERE order_id IS NOT NULL;
CREATE TABLE credits (
    owner TEXT NOT NULL, conversion TEXT NOT NULL, model TEXT NOT NULL,
    position SMALLINT NOT NULL, event TEXT NOT NULL, occurred_at BIGINT NOT NULL,
    credit INTEGER NOT NULL, revenue BIGINT, fingerprint TEXT, started_at BIGINT, click TEXT,
    origin BIGINT, country TEXT, currency TEXT, from_trial BOOL NOT NULL, pages_before BIGINT,
    PRIMARY KEY (owner, conversion, model, position)
) WITHOUT ROWID;
CREATE INDEX credits_model_event_occurred_at_origin_currency_credit_r_b52966b ON credits (model,
    event, occurred_at, origin, currency, credit, revenue, started_at, from_trial, pages_before,
    country, owner);
CREATE TABLE origins (
    id BIGINT NOT NULL PRIMARY KEY, channel TEXT NOT NULL, source TEXT, medium TEXT,
    campaign TEXT, paid BOOL NOT NULL
);
CREATE TABLE rollups (
    day INTEGER NOT NULL, origin BIGINT NOT NULL, slot INTEGER NOT NULL, visits BIGINT NOT NULL,
    new_visitors BIGINT NOT NULL, pageviews BIGINT NOT NULL, PRIMARY KEY (day, origin, slot)
) WITHOUT ROWID;
CREATE TABLE country_rollups (
    day INTEGER NOT NULL, origin BIGINT NOT NULL, country TEXT NOT NULL, slot INTEGER NOT NULL,
    visits BIGINT NOT NULL, new_visitors BIGINT NOT NULL, pageviews BIGINT NOT NULL,
    PRIMARY KEY (day, origin, country, slot)
) WITHOUT ROWID;
CREATE TABLE marks (
    name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL
);
CREATE TABLE rejects (
    digest TEXT NOT NULL PRIMARY KEY, path TEXT NOT NULL, kind TEXT NOT NULL,
    size INTEGER NOT NULL, times_seen BIGINT NOT NULL, first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL, reason TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX rejects_last_seen_size ON rejects (last_seen, size)
"""


def up(migrator, db):
    sql = re.sub(
        r"\b(BIGINT|SMALLINT|BOOL|TEXT)\b",
        lambda name: db.field_types.get(name[0], name[0]),
        TABLES,
    )
    for statement in sql.strip().split(";\n"):
        db.execute_sql(statement)
