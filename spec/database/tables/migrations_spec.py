"""A migration of a database in use leaves what the facts give."""

from __future__ import annotations

import pytest
from histories import DAYS, derived, did, differences, seen
from service import Service

from growth.database.connecting import migrate
from growth.database.statements import database

BEFORE_EARNINGS = (
    "DROP TABLE rollups",
    "DROP TABLE earnings",
    "DROP TABLE unsettled",
    "CREATE TABLE rollups AS SELECT day, origin, country, visits, new_visitors, pageviews "
    "FROM country_rollups",
    "DROP TABLE country_rollups",
    "DELETE FROM schema_migrations WHERE name IN ('0003_earnings', '0005_slots')",
    "UPDATE credits SET currency = 'EUR' WHERE event = 'trial'",
)


OWNER = "CASE WHEN user_id IS NULL THEN 'v:' || fingerprint ELSE 'u:' || user_id END"

BEFORE_FEWER_PAGES = (
    f"CREATE TABLE old_visits AS SELECT visits.*, {OWNER} AS owner FROM visits",
    "DROP TABLE visits",
    "ALTER TABLE old_visits RENAME TO visits",
    "DELETE FROM persons",
    "INSERT INTO persons SELECT owner, COUNT(*), SUM(pageviews) FROM visits GROUP BY owner",
    "DROP INDEX pageviews_fact_id",
    "CREATE UNIQUE INDEX pageviews_fact_id ON pageviews (fingerprint, fact_id)"
    " WHERE fact_id IS NOT NULL",
    "DELETE FROM schema_migrations WHERE name = '0004_fewer_pages'",
)


class DescribeAMigration:
    @pytest.mark.parametrize(
        "undone", [BEFORE_EARNINGS, BEFORE_FEWER_PAGES], ids=["earnings", "fewer pages"]
    )
    def it_derives_what_is_new(self, service: Service, undone: tuple[str, ...]) -> None:
        service.store(
            "/pageviews",
            *(seen(day * DAYS, "ad", fingerprint=f"phone-{day}", country="DE") for day in range(3)),
            seen(0, "newsletter", fingerprint="phone-2"),
            seen(4 * DAYS, "inside", fingerprint="phone-2", user_id="ada", id="n-1"),
        )
        service.store(
            "/events",
            did(3 * DAYS, "trial", user_id="ada", fingerprint="phone-2", currency="EUR"),
            did(4 * DAYS, "signup", user_id="ada", fingerprint="phone-2"),
            did(4 * DAYS, "purchase", fingerprint="phone-1", value="-12.5", currency="EUR"),
            did(4 * DAYS, "purchase", fingerprint="phone-0", value="5000000", currency="USD"),
            did(5 * DAYS, "purchase", fingerprint="nobody's"),
        )
        before = derived()
        for sql in undone:
            database.execute_sql(sql)

        migrate(database.obj)

        assert derived() == before
        assert differences(service) == []
