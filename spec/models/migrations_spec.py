"""A migration of a database in use leaves what the facts give."""

from __future__ import annotations

from conftest import Service
from histories import DAYS, derived, did, differences, seen

from growth.database import migrate
from growth.models.base import database

BEFORE_EARNINGS = (
    "DROP TABLE rollups",
    "DROP TABLE earnings",
    "DROP TABLE unsettled",
    "ALTER TABLE country_rollups RENAME TO rollups",
    "DELETE FROM schema_migrations WHERE name = '0003_earnings'",
    "UPDATE credits SET currency = 'EUR' WHERE event = 'trial'",
)


class DescribeTheMigrationToEarnings:
    def it_sums_what_is_stored(self, service: Service) -> None:
        service.store(
            "/pageviews",
            *(seen(day * DAYS, "ad", fingerprint=f"phone-{day}", country="DE") for day in range(3)),
            seen(0, "newsletter", fingerprint="phone-2"),
            seen(4 * DAYS, "inside", fingerprint="phone-2", user_id="ada"),
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
        for sql in BEFORE_EARNINGS:
            database.execute_sql(sql)

        migrate(database.obj)

        assert derived() == before
        assert differences(service) == []
