"""GET /attribution: answers with ETags, compressed answers, and reports that take too long."""

from __future__ import annotations

import gzip
import logging
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from databases import without_table
from falcon.testing import Result
from service import Service, cost, event, pageview, problem

from growth.app import create_app
from growth.attribution.facts import MINUTE
from growth.commands.main import main
from growth.database.statements import database
from growth.http.caching import PACKED_FROM
from growth.maintenance.erasure import USER, erase
from growth.maintenance.retention import purge, retention
from growth.settings import load_settings

AD = "https://www.example.com/en?utm_source=google&utm_medium=cpc"


def get(service: Service, query: str = "by=source", **headers: str) -> Result:
    """Send a query. `If_None_Match="…"` sets the header If-None-Match."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return service.get("/attribution", query, headers=named)


def tag(service: Service, query: str = "by=source", **headers: str) -> str:
    return str(get(service, query, **headers).headers["etag"])


@pytest.fixture
def told(service: Service) -> Service:
    """A service with one user, who clicked on an ad and signed up."""
    service.store("/pageviews", pageview(url=AD))
    service.store("/events", event(user_id="ada"))
    return service


class DescribeTheTag:
    def it_is_strong_and_stays_while_nothing_changes(self, told: Service) -> None:
        first = get(told)
        told.now += 7 * MINUTE

        assert first.headers["etag"].startswith('"')
        assert tag(told) == first.headers["etag"]
        assert first.headers["cache-control"] == "no-cache"
        assert first.headers["vary"] == "Accept, Accept-Encoding"

    def it_outlives_the_process(self, told: Service) -> None:
        before = tag(told)
        told.client.app = create_app(told.settings, told.recorder, told.clock)
        database.end()

        assert tag(told) == before

    def it_differs_by_query(self, told: Service) -> None:
        queries = ("by=source", "by=channel", "by=source&event=purchase", "user_id=ada")

        assert len({tag(told, each) for each in queries}) == len(queries)

    @pytest.mark.parametrize(
        ("path", "item"),
        [
            ("/pageviews", pageview(fingerprint="c")),
            ("/events", event(name="anything")),
            ("/costs", cost()),
        ],
    )
    def it_changes_with_what_is_stored(
        self, told: Service, path: str, item: dict[str, Any]
    ) -> None:
        before = tag(told)
        told.store(path, item)
        after = tag(told)
        told.store(path, item)

        assert after != before
        assert tag(told) == after  # the second fact is a duplicate

    def it_changes_when_a_cost_is_restated(self, told: Service) -> None:
        told.store("/costs", cost())
        before = tag(told)

        told.store("/costs", cost(amount=99))

        assert tag(told) != before

    def it_changes_when_somebody_is_erased(self, told: Service) -> None:
        before = tag(told)

        assert erase(told.ledger, [(USER, "ada")]).facts == 2

        assert tag(told) != before

    def it_changes_when_facts_are_purged_and_only_then(self, told: Service) -> None:
        kept = retention(1, 1)
        assert kept is not None
        before = tag(told)

        purged = [purge(told.ledger, kept, lambda done: None) for _ in range(2)]
        after = tag(told)
        purge(told.ledger, kept, lambda done: None)

        assert purged == [2, 0]
        assert before != after == tag(told)

    def it_changes_when_a_rebuild_mends_and_only_then(self, told: Service) -> None:
        def rebuild() -> str:
            environ = {"DATABASE_URL": told.settings.database_url}
            assert CliRunner().invoke(main, ["rebuild"], env=environ).exit_code == 0
            return tag(told)

        before = tag(told)
        database.execute_sql("UPDATE visits SET channel = 'Email'")

        mended = rebuild()

        assert before != mended == rebuild()

    def it_changes_with_the_settings(self, told: Service) -> None:
        before = tag(told)
        told.client.app = create_app(settings_with(told, "signup"), told.recorder, told.clock)

        assert tag(told) != before

    @pytest.mark.parametrize("query", ["by=source&last=6h", "by=visit&status=open", "by=visit"])
    def it_lasts_a_minute_where_the_answer_depends_on_now(self, told: Service, query: str) -> None:
        first = tag(told, query)
        told.now += MINUTE - 1
        same = tag(told, query)
        told.now += 1

        assert same == first
        assert tag(told, query) != first

    @pytest.mark.parametrize(
        "query",
        [
            "by=day&from=2026-10-01&to=2026-11-01&timezone=Europe/Berlin",
            "by=source&timezone=America/New_York&from=2026-10-01&to=2026-11-01",
            "by=day&metrics=all&from=2026-10-01&to=2026-11-01&timezone=Asia/Tokyo",
            "by=week,channel",
            "by=visit_duration",
            "by=visit&to=2026-11-01",
            "by=visit&status=completed&from=2026-10-01&to=2026-11-01",
            "by=pageview&timezone=Europe/Berlin",
            "user_id=ada&timezone=Europe/Berlin",
        ],
    )
    def it_stays_where_the_period_is_past_or_the_clock_decides_nothing(
        self, told: Service, query: str
    ) -> None:
        first = get(told, query)
        told.now += 40 * 24 * 60 * MINUTE

        later = get(told, query)

        assert later.headers["etag"] == first.headers["etag"]
        assert later.content == first.content

    @pytest.mark.parametrize(
        ("query", "minutes"),
        [
            ("by=channel&last=7d", 12 * 60),
            ("by=channel&last=2w&timezone=Asia/Tokyo", 3 * 60),
            ("by=day&metrics=active_users", 12 * 60),
        ],
    )
    def it_lasts_for_the_day_where_the_answer_depends_on_that(
        self, told: Service, query: str, minutes: int
    ) -> None:
        """At first it is noon in UTC, which is nine in the evening in Tokyo."""
        first = tag(told, query)
        told.now += (minutes - 1) * MINUTE
        same = tag(told, query)
        told.now += MINUTE

        assert same == first
        assert tag(told, query) != first


def settings_with(service: Service, conversions: str) -> Any:
    url = service.settings.database_url
    return load_settings({"DATABASE_URL": url, "GROWTH_CONVERSIONS": conversions})


class DescribeAKnownAnswer:
    @pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', '"a","b" , W/{}', "*"])
    def it_is_not_sent_again(self, told: Service, form: str) -> None:
        known = tag(told)

        result = get(told, If_None_Match=form.format(known))

        assert (result.status_code, result.content) == (304, b"")
        assert result.headers["etag"] == known
        assert result.headers["cache-control"] == "no-cache"
        assert result.headers["vary"] == "Accept, Accept-Encoding"

    @pytest.mark.parametrize("held", ['"other"', 'W/"other"', "", "nonsense", '"'])
    def it_is_sent_to_who_has_another(self, told: Service, held: str) -> None:
        assert get(told, If_None_Match=held).status_code == 200

    def it_is_sent_once_it_changed(self, told: Service) -> None:
        known = tag(told)
        told.store("/events", event(fingerprint="new"))

        assert get(told, If_None_Match=known).json["totals"]["conversions"] == 2

    def it_takes_no_report_query(self, told: Service, caplog: pytest.LogCaptureFixture) -> None:
        known = tag(told)
        with caplog.at_level(logging.DEBUG, "peewee"):
            get(told, If_None_Match=known)

        asked = [record.getMessage() for record in caplog.records if record.name == "peewee"]
        assert [sql for sql in asked if "SELECT" in sql and '"marks"' not in sql] == []
        assert any('"marks"' in sql for sql in asked)

    def it_is_still_refused_if_the_question_is_none(self, told: Service) -> None:
        problem(get(told, "by=nothing", If_None_Match="*"), 400)

    def it_has_a_head(self, told: Service) -> None:
        result = told.client.simulate_head("/attribution", query_string="by=source")

        assert result.headers["etag"] == tag(told)


class DescribeALargeAnswer:
    @pytest.fixture
    def large(self, service: Service) -> Service:
        pages = [pageview(url=f"{AD}&utm_campaign={n}", fingerprint=f"f{n}") for n in range(9)]
        service.store("/pageviews", *pages)
        return service

    @pytest.mark.parametrize("accepted", ["gzip", "br, gzip;q=0.5", "GZIP", "*", "identity, *;q=1"])
    def it_is_packed_if_the_client_takes_it(self, large: Service, accepted: str) -> None:
        result = get(large, "by=campaign", Accept_Encoding=accepted)

        assert result.headers["content-encoding"] == "gzip"
        assert result.headers["vary"] == "Accept, Accept-Encoding"
        assert result.headers["content-type"] == "application/json"
        plain = get(large, "by=campaign").content
        assert gzip.decompress(result.content) == plain
        assert len(plain) >= PACKED_FROM > len(result.content)

    @pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "gzip; q=0.000, *", "*;q=0"])
    def it_is_plain_if_the_client_does_not(self, large: Service, accepted: str) -> None:
        assert "content-encoding" not in get(large, "by=campaign", Accept_Encoding=accepted).headers

    def it_is_plain_if_it_is_small(self, service: Service) -> None:
        result = get(service, "user_id=nobody", Accept_Encoding="gzip")

        assert len(result.content) < PACKED_FROM
        assert "content-encoding" not in result.headers

    def it_has_a_tag_of_its_own_that_is_known_again(self, large: Service) -> None:
        packed = tag(large, "by=campaign", Accept_Encoding="gzip")
        plain = tag(large, "by=campaign")
        again = get(large, "by=campaign", Accept_Encoding="gzip", If_None_Match=packed)

        assert packed != plain
        assert (again.status_code, again.headers["etag"]) == (304, packed)
        assert get(large, "by=campaign", If_None_Match=packed).status_code == 200

    def it_is_the_same_bytes_each_time(self, large: Service) -> None:
        first, again = (get(large, "by=campaign", Accept_Encoding="gzip") for _ in range(2))

        assert first.content == again.content


class DescribeASlowReport:
    @pytest.fixture
    def slow(self, make_service: Callable[..., Service]) -> Service:
        """A service with thousands of visits and a time limit too short to report on them."""
        service = make_service(GROWTH_REPORT_SECONDS="0.004")
        for start in range(0, 4_000, 500):
            pages = [
                pageview(fingerprint=f"f{n}", url=f"https://www.example.com/{n}")
                for n in range(start, start + 500)
            ]
            service.store("/pageviews", *pages)
        return service

    def it_is_stopped_and_says_how_to_narrow_it(self, slow: Service) -> None:
        told = problem(get(slow, "by=landing_page"), 503)

        assert told["detail"] == (
            "The report took more than 0.004 seconds and was stopped. Ask for a shorter time "
            "between `from` and `to`, or for fewer dimensions in `by`."
        )

    def it_leaves_a_connection_that_works_on(self, slow: Service) -> None:
        get(slow, "by=landing_page")

        [(visits,)] = database.execute_sql("SELECT COUNT(*) FROM visits, rollups").fetchall()
        assert visits == 4_000
        assert slow.get("/healthz").status_code == 200
        slow.store("/pageviews", pageview())

    def it_is_another_failure_if_the_database_fails(self, told: Service) -> None:
        with without_table("visits"):
            told_so = problem(get(told, "by=landing_page"), 503)

        assert "took more than" not in told_so["detail"]
