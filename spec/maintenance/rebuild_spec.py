"""growth rebuild: finds derived rows that disagree with the facts, and repairs them."""

from __future__ import annotations

from typing import Any

import pytest
from databases import damage, dump
from histories import derived, differences, seen
from service import Service, cost
from stories import EVENTS, PAGES

from growth.database.statements import database

COSTS = [
    cost(day="2026-03-02"),
    cost(day="2026-03-02", source="newsletter", medium="email", clicks=3),
    cost(day="2026-03-03"),
]

COPY = "tie, last_at, pageviews, is_first, NULL, url, referrer_url, country, is_direct, rules"
ORIGIN = (
    "channel, source, medium, campaign, content, term, paid, landing_page, host, referrer,"
    " click_ids"
)

# SQL that damages a derived row, and how the check reports it.
# fmt: off
DAMAGE = {
    "a visit's channel altered": (
        "UPDATE visits SET channel = 'Email' WHERE source = 'google'",
        "channel is 'Email', should be 'Paid Search'"),
    "a visit's pageviews altered": (
        "UPDATE visits SET pageviews = 7 WHERE source = 'google'", "pageviews is 7, should be 2"),
    "a visit said to be the first": (
        "UPDATE visits SET is_first = TRUE WHERE user_id = 'ada'", "is_first is True, should be"),
    "a visit deleted": ("DELETE FROM visits WHERE source = 'google'", "missing"),
    "a visit added": (
        f"INSERT INTO visits SELECT 'ghost', started_at, digest, {COPY}, {ORIGIN} FROM visits"
        " WHERE source = 'google'", "visits ghost"),
    "a wrong owner": (
        "UPDATE visits SET user_id = 'bob' WHERE source = 'google'",
        "user_id is 'bob', should be 'ada'"),
    "a claim missing": ("DELETE FROM claims WHERE fingerprint = 'phone'", "claims phone"),
    "a claim added": ("INSERT INTO claims VALUES ('phone', 1, 'eve')", "claims phone 1 eve"),
    "a claim on nobody known": ("INSERT INTO claims VALUES ('ghost', 1, 'eve')", "claims ghost"),
    "a device missing": (
        "DELETE FROM devices WHERE fingerprint = 'phone'", "devices ada phone: missing"),
    "a device added": (
        "INSERT INTO devices VALUES ('eve', 'phone')", "devices eve phone: should not exist"),
    "a device that nobody knows": (
        "INSERT INTO devices VALUES ('ada', 'ghost')", "devices ada ghost: should not exist"),
    "a credit altered": ("UPDATE credits SET credit = 7 WHERE model = 'linear'", "credit is 7"),
    "a credit's revenue altered": (
        "UPDATE credits SET revenue = 7 WHERE model = 'last_click' AND event = 'purchase'",
        "revenue is 7"),
    "a credit missing": ("DELETE FROM credits WHERE model = 'time_decay'", "credits u:ada"),
    "a credit without a conversion": (
        "INSERT INTO credits SELECT owner, 'ghost', model, position, event, occurred_at, credit,"
        " revenue, fingerprint, started_at, click, origin, country, currency, from_trial,"
        " pages_before FROM credits WHERE event = 'signup'", "ghost"),
    "a credit of nobody": ("UPDATE credits SET owner = 'u:ghost' WHERE owner = 'u:ada'", "u:ghost"),
    "a conversion without an event": (
        "UPDATE conversions SET digest = 'ghost' WHERE event = 'signup'",
        "conversions u:ada ghost: should not exist"),
    "a conversion missing": ("DELETE FROM conversions WHERE event = 'signup'", "missing"),
    "a conversion of somebody else": (
        "UPDATE conversions SET owner = 'u:bob' WHERE event = 'signup'",
        "owner is 'u:bob', should be 'u:ada'"),
    "a conversion taken back": (
        "UPDATE conversions SET is_conversion = FALSE WHERE event = 'signup'",
        "should be True"),
    "pages_before altered": (
        "UPDATE conversions SET pages_before = 9 WHERE event = 'signup'",
        "pages_before is 9, should be 5"),
    "a rollup altered": ("UPDATE rollups SET visits = 9", "visits is 9, should be 1"),
    "a rollup missing": ("DELETE FROM rollups", "missing"),
    "a rollup added": ("INSERT INTO rollups VALUES (1, 2, 0, 1, 1, 1)", "rollups 1 2: should not"),
    "a country's rollup altered": (
        "UPDATE country_rollups SET visits = 9 WHERE country = 'DE'", "visits is 9, should be 1"),
    "a country's rollup missing": ("DELETE FROM country_rollups", "country_rollups"),
    "a country's rollup added": (
        "INSERT INTO country_rollups VALUES (1, 2, 'DE', 0, 1, 1, 1)", "country_rollups 1 2 DE"),
    "a person's sums altered": (
        "UPDATE persons SET pageviews = 9 WHERE owner = 'u:ada'", "pageviews is 9, should be 5"),
    "a person's sums missing": ("DELETE FROM persons", "persons u:ada: missing"),
    "a person's sums added": (
        "INSERT INTO persons (owner, visits, pageviews, is_kept) VALUES ('u:ghost', 1, 1, FALSE)",
        "persons u:ghost: should not exist"),
    "a name altered": (
        "UPDATE origins SET campaign = 'summer' WHERE campaign = 'spring'",
        "campaign is 'summer', should be 'spring'"),
    "a cost's channel altered": (
        "UPDATE costs SET channel = 'Email' WHERE source = 'google'",
        "costs 20514 google cpc spring : channel is 'Email', should be 'Paid Search'"),
    "a cost said to be free": (
        "UPDATE costs SET paid = FALSE WHERE source = 'google'", "paid is False, should be True"),
    "a person's acquisition altered": (
        "UPDATE persons SET acquired_at = 7 WHERE owner = 'u:ada'", "acquired_at is 7, should be"),
    "a person's acquisition missing": (
        "UPDATE persons SET click = NULL WHERE owner = 'u:ada'", "click is None, should be"),
    "a name missing": ("DELETE FROM origins WHERE campaign = 'spring'", "origins"),
}
# fmt: on
MOVED = {
    "a credit of nobody",
    "a conversion of somebody else",
}
"""Damage to the distribution column, which a cluster does not allow to change."""


def marks(name: str) -> list[pytest.MarkDecorator]:
    return [pytest.mark.one_node] if name in MOVED else []


@pytest.fixture
def good(service: Service) -> Service:
    """A service with facts of all kinds and nothing wrong."""
    service.store("/pageviews", *PAGES)
    service.store("/events", *EVENTS)
    service.store("/costs", *COSTS)
    return service


def channels(service: Service) -> Any:
    return service.ask(by="channel,campaign")["results"]


class DescribeCheck:
    def it_finds_nothing_wrong_with_a_good_database(self, good: Service) -> None:
        result = good.growth("rebuild", "--check")

        assert (result.exit_code, result.stdout) == (0, "0 rows differ\n")
        assert differences(good) == []

    def it_names_the_first_twenty_and_counts_them_all(self, service: Service) -> None:
        service.store("/pageviews", *(seen(0, "ad", fingerprint=f"visitor {n}") for n in range(30)))
        damage("UPDATE visits SET channel = 'Email'")

        *shown, counted = service.growth("rebuild", "--check").stdout.splitlines()

        assert len(shown) == 20
        assert counted == "35 rows differ"

    def it_writes_nothing(self, good: Service) -> None:
        for name, (sql, _) in DAMAGE.items():
            if name not in MOVED:
                database.execute_sql(sql)
        before = dump()

        assert differences(good) != []
        assert good.growth("rebuild", "--check").exit_code == 1
        assert dump() == before


class DescribeRebuild:
    @pytest.mark.parametrize(
        ("sql", "named"),
        [pytest.param(*case, id=name, marks=marks(name)) for name, case in DAMAGE.items()],
    )
    def it_mends_what_a_check_names(self, good: Service, sql: str, named: str) -> None:
        before, answer = derived(), channels(good)
        damage(sql)

        found, mended, again = (
            good.growth("rebuild", *options) for options in (["--check"], [], ["--check"])
        )

        assert (found.exit_code, named in found.stdout) == (1, True)
        assert mended.exit_code == 0
        assert mended.stdout.endswith(" rows were mended\n")
        assert (again.exit_code, again.stdout) == (0, "0 rows differ\n")
        assert (derived(), channels(good)) == (before, answer)

    def it_derives_everything_from_the_facts_alone(self, good: Service) -> None:
        before, answer = derived(), channels(good)
        for table in (*before, "origins"):
            damage(f"DELETE FROM {table}")

        good.growth("rebuild")

        assert (derived(), channels(good)) == (before, answer)

    def it_changes_nothing_in_a_good_database(self, good: Service) -> None:
        before = good.ask(by="conversion")

        result = good.growth("rebuild")

        assert (result.exit_code, result.stdout) == (0, "0 rows were mended\n")
        assert good.ask(by="conversion") == before

    def it_tells_of_a_conversion_whose_credit_it_mended(self, good: Service) -> None:
        damage("UPDATE credits SET credit = 7 WHERE event = 'signup'")

        good.growth("rebuild")

        assert good.ask(by="conversion", event="signup")["results"][0]["revision"] == 2
