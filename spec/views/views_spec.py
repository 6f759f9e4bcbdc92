"""The views for analysts agree with GET /attribution, on every engine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from databases import ON_POSTGRES, Other
from histories import DAYS, did, seen
from service import Service, cost
from stories import EVENTS, PAGES

from growth.views import VIEWS

ORIGIN = ("channel", "source", "medium", "campaign", "paid")
BUYS = [
    did(40 * DAYS, "purchase", user_id="ada", order_id="o-1", value="1200", currency="JPY"),
    did(41 * DAYS, "purchase", user_id="bob", order_id="o-2", value="7.125", currency="BHD"),
    did(41 * DAYS, "purchase", fingerprint="nobody's", order_id="o-3", value="5.5"),
]


@pytest.fixture
def told(service: Service) -> Service:
    """A service with Ada, Bob and an unclaimed visitor, in two months and four currencies."""
    service.store("/pageviews", *PAGES, seen(40 * DAYS - 60, "search", user_id="ada"))
    service.store("/events", *EVENTS, *BUYS, did(3, "newsletter", data={"plan": "pro"}))
    service.store("/costs", cost(), cost(day="2026-11-21", campaign=None, amount="7"))
    return service


@pytest.fixture
def view(told: Service, other: Other) -> Iterator[Any]:
    def rows(sql: str) -> list[tuple[Any, ...]]:
        return sorted((tuple(map(plain, row)) for row in other.rows(sql)), key=repr)

    return rows


def plain(value: Any) -> Any:
    """A value of the database in the form that it has in JSON."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return value.isoformat() if isinstance(value, date) else value


def grouped(service: Service, *metrics: str, **params: str) -> list[tuple[Any, ...]]:
    """The groups of an answer with some metrics. `revenue` makes one row for each currency."""
    found = []
    for row in service.ask(limit="10000", **params)["results"]:
        group = [row[name] for name in params["by"].split(",")]
        figures = [row[name] for name in metrics if name != "revenue"]
        if "revenue" not in metrics:
            found.append((*group, *figures))
        elif figures[0]:
            found += [(*group, *each) for each in row["revenue"].items()]
    return sorted(found, key=repr)


class DescribeTheViews:
    @pytest.mark.parametrize("name", VIEWS)
    def it_has_rows(self, view: Any, name: str) -> None:
        assert view(f"SELECT * FROM {name}")

    @pytest.mark.parametrize("name", VIEWS)
    def it_is_for_reading(self, told: Service, other: Other, name: str) -> None:
        with pytest.raises(Exception, match=f"(cannot modify|cannot delete from view).*{name}"):
            other.execute(f"DELETE FROM {name}")


class DescribeStaging:
    def it_has_each_fact_with_its_time(self, view: Any, told: Service) -> None:
        found = view("SELECT id, created_at, fingerprint, user_id, url FROM stg_pageviews")

        listed = told.ask(by="pageview", limit="1000")["results"]
        names = ("id", "created_at", "fingerprint", "user_id", "url")
        expected = [[each[name] for name in names] for each in listed]
        assert found == sorted(((id_, whole(at), *rest) for id_, at, *rest in expected), key=repr)

    def it_has_real_times(self, told: Service, other: Other) -> None:
        [(found, day)] = other.rows(
            "SELECT created_at, (SELECT MIN(day) FROM stg_costs) FROM stg_events"
            " WHERE name = 'newsletter'"
        )

        if ON_POSTGRES:
            assert found == datetime(2026, 3, 2, 8, 0, 3, tzinfo=UTC)
            assert day == date(2026, 11, 20)
        else:
            assert (found, day) == ("2026-03-02T08:00:03.000000Z", "2026-11-20")

    @pytest.mark.parametrize(("order", "value"), [("o-1", 1200), ("o-2", 7.125), ("o-3", 5.5)])
    def it_has_money_in_units_of_its_currency(self, view: Any, order: str, value: float) -> None:
        assert view(f"SELECT value FROM stg_events WHERE order_id = '{order}'") == [(value,)]

    def it_has_costs(self, view: Any) -> None:
        rows = view(
            "SELECT day, channel, source, medium, campaign, amount, currency FROM stg_costs"
        )

        google = ("Paid Search", "google", "cpc")
        assert rows == [
            ("2026-11-20", *google, "spring", 12.5, "EUR"),
            ("2026-11-21", *google, None, 7, "EUR"),
        ]


class DescribeMain:
    def it_has_persons(self, view: Any, told: Service) -> None:
        found = view("SELECT user_id, visits, pageviews, conversions FROM main_persons")

        listed = told.ask(by="user", limit="1000")["results"]
        assert found == sorted(
            (
                (each["user_id"], each["visits"], each["pageviews"], len(each["conversions"]))
                for each in listed
            ),
            key=repr,
        )

    def it_knows_what_acquired_persons(self, view: Any) -> None:
        rows = view(
            "SELECT user_id, acquired_at, acquired_channel, acquired_source FROM main_persons"
        )

        assert ("bob", "2026-03-11T08:01:00.000000Z", "Referral", "blog.example.org") in rows
        assert ("ada", "2026-03-11T08:01:00.000000Z", "Email", "newsletter") in rows

    def it_has_visits(self, view: Any, told: Service) -> None:
        names = ("fingerprint", "user_id", "pageviews", "source", "landing_page", "country")
        found = view(f"SELECT visit_id, seconds, {', '.join(names)} FROM main_visits")

        listed = told.ask(by="visit", limit="1000")["results"]
        assert found == sorted(
            ((each["id"], each["duration"], *(each[name] for name in names)) for each in listed),
            key=repr,
        )

    def it_has_click_ids(self, view: Any) -> None:
        read = "click_ids ->> 'gclid'"

        assert ("One",) in view(f"SELECT {read} FROM main_visits WHERE source = 'google'")

    def it_has_conversions(self, view: Any, told: Service) -> None:
        names = ("user_id", "event", "order_id", "value", "refunded", "currency", "pages_before")
        found = view(f"SELECT id, {', '.join(names)} FROM main_conversions")

        listed = told.ask(by="conversion", limit="1000")["results"]
        assert found == sorted(
            ((each["id"], *(each[name] for name in names)) for each in listed), key=repr
        )

    def it_leaves_out_what_was_taken_back(self, view: Any, told: Service) -> None:
        before = view("SELECT event FROM main_conversions WHERE user_id = 'ada'")
        told.store("/events", did(0, "signup", user_id="ada"))

        assert len(view("SELECT event FROM main_conversions WHERE user_id = 'ada'")) == len(before)

    def it_has_credits_that_sum_to_the_conversions(self, view: Any) -> None:
        found = view("SELECT model, SUM(credit) FROM main_credits GROUP BY model")

        [(conversions,)] = view("SELECT COUNT(*) FROM main_conversions")
        assert len(found) == 6
        assert {round(total, 6) for _, total in found} == {conversions}

    def it_leads_from_a_credit_to_its_visit_and_conversion(self, view: Any) -> None:
        rows = view(
            "SELECT main_conversions.order_id, main_visits.landing_page FROM main_credits"
            " JOIN main_conversions USING (conversion_id) JOIN main_visits USING (visit_id)"
            " WHERE model = 'last_click'"
        )

        assert ("o-1", "/") in rows


class DescribeReports:
    @pytest.mark.parametrize("event_name", ["signup", "purchase"])
    @pytest.mark.parametrize("model", ["last_click", "linear", "acquisition"])
    def it_attributes_by_day(self, view: Any, told: Service, event_name: str, model: str) -> None:
        asked = {"by": ",".join(("day", *ORIGIN)), "event": event_name, "model": model}
        of = f"FROM daily_attribution WHERE event = '{event_name}' AND model = '{model}'"

        counted = view(
            f"SELECT day, {', '.join(ORIGIN)}, SUM(conversions) {of} GROUP BY 1, 2, 3, 4, 5, 6"
        )
        earned = view(
            f"SELECT day, {', '.join(ORIGIN)}, currency, revenue {of} AND revenue IS NOT NULL"
        )

        expected = [row for row in grouped(told, "conversions", **asked) if row[-1]]
        assert without_place(counted) == without_place(expected)
        assert without_place(earned) == without_place(
            grouped(told, "conversions", "revenue", **asked)
        )

    def it_tells_the_activity_of_days(self, view: Any, told: Service) -> None:
        found = view(
            "SELECT day, visits, new_visitors, pageviews, active_visitors, active_users"
            " FROM daily_activity WHERE visits > 0"
        )

        active = "active_visitors", "active_users"
        metrics = "visits", "new_visitors", "pageviews", *active
        rows = grouped(told, *metrics, by="day", metrics=",".join(metrics))
        assert found == [(*row[:-2], *(each["1d"] for each in row[-2:])) for row in rows if row[1]]

    def it_counts_events_of_days(self, view: Any, told: Service) -> None:
        found = view("SELECT day, events FROM daily_activity WHERE events > 0")

        counted: dict[str, int] = {}
        for each in told.ask(by="event", limit="1000")["results"]:
            day = each["created_at"][:10]
            counted[day] = counted.get(day, 0) + 1
        assert dict(found) == counted

    def it_tells_how_long_visits_last(self, view: Any, told: Service) -> None:
        found = view(
            "SELECT from_seconds, to_seconds, SUM(visits), SUM(seconds), MAX(longest_seconds)"
            " FROM visit_durations GROUP BY 1, 2"
        )

        answer = told.ask(by="visit_duration")
        bars = [
            (bar["visit_duration"]["from"], bar["visit_duration"]["to"], bar["visits"])
            for bar in answer["results"]
            if bar["visits"]
        ]
        assert sorted(row[:3] for row in found) == sorted(bars)
        total = answer["totals"]["visit_duration"]
        visits = sum(row[2] for row in found)
        assert round(sum(row[3] for row in found) / visits, 6) == total["average"]
        assert max(row[4] for row in found) == total["longest"]

    def it_follows_cohorts(self, view: Any, told: Service) -> None:
        found = view(
            "SELECT cohort_month, SUM(conversions) FROM cohorts WHERE event = 'purchase' GROUP BY 1"
        )
        later = view("SELECT month, persons FROM cohorts WHERE currency = 'JPY'")

        asked = {"by": "cohort_month", "model": "acquisition", "event": "purchase"}
        assert found == grouped(told, "conversions", **asked)
        assert later == [("2026-04", 1)]


def without_place(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows sorted, with their sixth column as a boolean or None."""
    return sorted(
        ((*row[:5], None if row[5] is None else bool(row[5]), *row[6:]) for row in rows), key=repr
    )


def whole(at: str) -> str:
    """A time in the format of views, which always has microseconds."""
    return at if "." in at else at.replace("Z", ".000000Z")
