"""The demo traffic is the same every time, within its period, and has every kind of visitor."""

import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from growth.seeds.traffic import generate

Fact = tuple[str, dict[str, Any]]

NOW = datetime(2023, 11, 30, 18, 0, tzinfo=UTC)
VISITORS, DAYS = 3000, 30
OWN_SITE = "https://www.example.com/"
CLICK_IDS = ("gclid", "fbclid", "ttclid", "msclkid")
CRAWLERS = ("Googlebot", "bingbot", "AhrefsBot")


@pytest.fixture(scope="module")
def facts() -> list[Fact]:
    return generate(VISITORS, DAYS, 1, NOW)


def occurred_at(fact: Fact) -> datetime:
    return datetime.fromisoformat(fact[1]["created_at"])


def pageviews(facts: list[Fact]) -> list[dict[str, Any]]:
    return [body for path, body in facts if path == "/pageviews"]


def events(facts: list[Fact], *names: str) -> list[dict[str, Any]]:
    return [body for path, body in facts if path == "/events" and body["name"] in names]


def users_by_device(facts: list[Fact]) -> dict[str, set[str]]:
    users: dict[str, set[str]] = defaultdict(set)
    for _, body in facts:
        if "user_id" in body:
            users[body["fingerprint"]].add(body["user_id"])
    return users


def landings(facts: list[Fact]) -> list[dict[str, Any]]:
    """The pageviews that came from outside the site, without those of crawlers."""
    return [
        body
        for body in pageviews(facts)
        if not body.get("referrer_url", "").startswith(OWN_SITE)
        and not any(name in body["user_agent"] for name in CRAWLERS)
    ]


def origin(body: dict[str, Any]) -> tuple[str, str | None, str | None, str | None]:
    """The host of the referrer, utm_source, utm_medium, and the name of the click id."""
    params = dict(parse_qsl(urlsplit(body["url"]).query))
    click_id = next((name for name in CLICK_IDS if params.get(name)), None)
    host = urlsplit(body.get("referrer_url", "")).netloc
    return host, params.get("utm_source"), params.get("utm_medium"), click_id


def join_rate(facts: list[Fact], campaign: str) -> float:
    """The share of a campaign's visitors who have a trial or a signup."""
    brought = {b["fingerprint"] for b in landings(facts) if f"utm_campaign={campaign}" in b["url"]}
    joined = {body["fingerprint"] for body in events(facts, "trial", "signup")}
    return len(brought & joined) / len(brought)


class DescribeTraffic:
    def it_is_the_same_for_the_same_arguments(self) -> None:
        assert generate(200, 30, 7, NOW) == generate(200, 30, 7, NOW)

    def it_is_the_same_in_another_process(self, tmp_path: Path) -> None:
        code = (
            "from datetime import *; from growth.seeds.traffic import generate; "
            f"print(generate(20, 30, 7, datetime.fromisoformat({NOW.isoformat()!r})))"
        )
        environment = {**os.environ, "PYTHONHASHSEED": "12345", "PYTHONIOENCODING": "utf-8"}
        output = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            check=True,
        ).stdout.decode("utf-8")
        assert output.strip() == str(generate(20, 30, 7, NOW))

    def it_is_the_same_for_the_same_instant_in_another_zone(self) -> None:
        elsewhere = NOW.astimezone(timezone(timedelta(hours=9)))
        assert generate(20, 30, 7, elsewhere) == generate(20, 30, 7, NOW)

    @pytest.mark.parametrize("arguments", [(50, 30, 2, NOW), (50, 30, 1, NOW + timedelta(days=1))])
    def it_brings_other_visitors_with_another_seed_or_day(self, arguments: Any) -> None:
        before = {body["fingerprint"] for _, body in generate(50, 30, 1, NOW)}
        after = {body["fingerprint"] for _, body in generate(*arguments)}
        assert not before & after

    def it_is_sorted_by_time(self, facts: list[Fact]) -> None:
        assert all(occurred_at(a) <= occurred_at(b) for a, b in pairwise(facts))

    def it_fills_the_period_up_to_now(self, facts: list[Fact]) -> None:
        start = NOW - timedelta(days=DAYS)
        assert start <= occurred_at(facts[0]) < start + timedelta(hours=6)
        assert NOW - timedelta(hours=1) < occurred_at(facts[-1]) <= NOW
        assert len({occurred_at(fact).date() for fact in facts}) == DAYS + 1

    @pytest.mark.parametrize("seed", range(20))
    def it_works_for_one_visitor_on_one_day(self, seed: int) -> None:
        facts = generate(1, 1, seed, NOW)
        assert facts[0][0] == "/pageviews"
        assert all(NOW - timedelta(days=1) <= occurred_at(fact) <= NOW for fact in facts)

    def it_is_nothing_for_no_visitors(self) -> None:
        assert generate(0, 30, 1, NOW) == []

    @pytest.mark.parametrize(("days", "now"), [(0, NOW), (30, NOW.replace(tzinfo=None))])
    def it_refuses_no_days_and_a_time_without_zone(self, days: int, now: datetime) -> None:
        with pytest.raises(ValueError, match="time zone and days at least 1"):
            generate(1, days, 1, now)

    @pytest.mark.parametrize("visitors", [1, 2, 37, 500])
    def it_has_exactly_the_visitors_asked_for(self, visitors: int) -> None:
        facts = generate(visitors, 30, 1, NOW)
        assert len({body["fingerprint"] for _, body in facts}) == visitors

    def it_is_unique_by_endpoint_fingerprint_and_id(self, facts: list[Fact]) -> None:
        keys = Counter((path, body["fingerprint"], body["id"]) for path, body in facts)
        assert len(keys) == len(facts)

    def it_sends_bodies_with_the_documented_fields(self, facts: list[Fact]) -> None:
        common = {"id", "fingerprint", "user_id", "created_at", "country"}
        fields = {
            "/pageviews": common | {"url", "referrer_url", "user_agent"},
            "/events": common
            | {"name", "value", "currency", "category", "session_id", "data", "order_id"},
        }
        for path, body in facts:
            assert set(body) <= fields[path]
            assert None not in body.values()
            assert len(body["created_at"]) == len("2023-11-30T18:00:00.000000+00:00")
            assert occurred_at((path, body)).utcoffset() == timedelta(0)

    def it_stays_on_its_own_site(self, facts: list[Fact]) -> None:
        assert all(body["url"].startswith(OWN_SITE) for body in pageviews(facts))
        assert not any("{" in body["url"] for body in pageviews(facts))


class DescribeVisits:
    @pytest.mark.parametrize(
        ("host", "source", "medium", "click_id"),
        [
            ("", None, None, None),
            ("www.google.com", None, None, None),
            ("www.google.de", None, None, None),
            ("www.google.fr", None, None, None),
            ("www.bing.com", None, None, None),
            ("www.youtube.com", None, None, None),
            ("chatgpt.com", None, None, None),
            ("www.perplexity.ai", None, None, None),
            ("t.co", None, None, None),
            ("lnkd.in", None, None, None),
            ("www.reddit.com", None, None, None),
            ("l.facebook.com", None, None, "fbclid"),
            ("quietshelf.example.org", None, None, None),
            ("www.google.com", "google", "cpc", "gclid"),
            ("www.google.com", None, None, "gclid"),
            ("www.bing.com", "bing", "cpc", "msclkid"),
            ("l.facebook.com", "facebook", "paid_social", "fbclid"),
            ("l.instagram.com", "instagram", "paid_social", "fbclid"),
            ("www.tiktok.com", "tiktok", "paid_social", "ttclid"),
            ("", "newsletter", "email", None),
            ("deals.example.org", "bookdeals", "affiliate", None),
            ("news.example.net", "display-network", "display", None),
            ("", "the-quiet-hour", "audio", None),
            ("", "app", "push", None),
        ],
    )
    def it_comes_from(
        self,
        facts: list[Fact],
        host: str,
        source: str | None,
        medium: str | None,
        click_id: str | None,
    ) -> None:
        assert (host, source, medium, click_id) in {origin(body) for body in landings(facts)}

    def it_has_campaigns_that_waste_visits_and_campaigns_that_earn_signups(
        self, facts: list[Fact]
    ) -> None:
        landed = Counter(
            dict(parse_qsl(urlsplit(body["url"]).query)).get("utm_campaign")
            for body in landings(facts)
        )
        assert landed["202311_US_Habits"] > 4 * landed["US_PodcastHosts"]
        assert join_rate(facts, "202311_US_Habits") < 0.04
        assert join_rate(facts, "US_PodcastHosts") > 0.15

    def it_runs_a_national_campaign_only_there(self, facts: list[Fact]) -> None:
        seen_in = {b["country"] for b in pageviews(facts) if "202311_US_Habits" in b["url"]}
        assert seen_in == {"US"}

    def it_has_three_returns_for_ten_visitors(self, facts: list[Fact]) -> None:
        people = len({body["fingerprint"] for body in landings(facts)})
        assert 0.2 < (len(landings(facts)) - people) / people < 0.4

    def it_has_1_to_12_pages_each_reached_from_the_page_before(self, facts: list[Fact]) -> None:
        lengths = Counter[int]()
        by_visitor = sorted(pageviews(facts), key=lambda body: str(body["fingerprint"]))
        for _, pages in groupby(by_visitor, key=lambda body: body["fingerprint"]):
            length, last_url = 0, None
            for body in pages:
                if body.get("referrer_url", "").startswith(OWN_SITE):
                    assert body["referrer_url"] == last_url
                    length += 1
                else:
                    lengths[length] += 1
                    length = 1
                last_url = body["url"]
            lengths[length] += 1
        del lengths[0]  # there is one 0 before each first visit
        assert set(lengths) == set(range(1, 13))
        assert lengths[1] > lengths[4] > lengths[8]

    def it_has_busy_evenings_and_quiet_nights(self, facts: list[Fact]) -> None:
        hours = Counter(occurred_at(("", b)).hour for b in pageviews(facts) if b["country"] == "GB")
        assert sum(hours[hour] for hour in (19, 20, 21)) > 4 * sum(hours[h] for h in (2, 3, 4))


class DescribePeople:
    def it_makes_6_to_9_percent_of_visitors_members(self, facts: list[Fact]) -> None:
        joined = {body["fingerprint"] for body in events(facts, "trial", "signup")}
        assert 0.06 < len(joined) / VISITORS < 0.09

    def it_lets_many_join_on_the_first_visit_and_some_after_days(self, facts: list[Fact]) -> None:
        first_seen: dict[str, datetime] = {}
        delays = []
        for path, body in facts:
            first_seen.setdefault(body["fingerprint"], occurred_at((path, body)))
            if body.get("name") in ("trial", "signup"):
                delays.append(occurred_at((path, body)) - first_seen[body["fingerprint"]])
        assert sum(delay < timedelta(hours=1) for delay in delays) > 0.4 * len(delays)
        assert sum(delay > timedelta(days=2) for delay in delays) > 0.1 * len(delays)

    def it_shows_a_page_before_any_event(self, facts: list[Fact]) -> None:
        users_of_pages, visitors_of_pages = set(), set()
        for path, body in facts:
            if path == "/pageviews":
                visitors_of_pages.add(body["fingerprint"])
            else:
                assert body["fingerprint"] in visitors_of_pages
            users_of_pages.add(body.get("user_id"))
        assert {body["user_id"] for body in events(facts, "signup")} <= users_of_pages

    def it_signs_a_user_up_once(self, facts: list[Fact]) -> None:
        signups = Counter(body["user_id"] for body in events(facts, "signup"))
        assert set(signups.values()) == {1}

    def it_turns_trials_into_signups(self, facts: list[Fact]) -> None:
        tried = {b["user_id"]: occurred_at(("", b)) for b in events(facts, "trial")}
        kept = [b for b in events(facts, "signup") if b["user_id"] in tried]
        assert 0.2 < len(kept) / len(tried) < 0.7
        assert all(
            occurred_at(("", body)) - tried[body["user_id"]] > timedelta(hours=12) for body in kept
        )

    def it_has_people_who_browse_on_the_phone_and_join_on_the_laptop(
        self, facts: list[Fact]
    ) -> None:
        agents = {body["fingerprint"]: body["user_agent"] for body in pageviews(facts)}
        first_anonymous = {}
        for body in reversed(pageviews(facts)):
            if "user_id" not in body:
                first_anonymous[body["fingerprint"]] = body["created_at"]
        joined = {b["user_id"]: b for b in events(facts, "trial", "signup")}
        logged_in_later = [
            body
            for body in pageviews(facts)
            if (joined_by := joined.get(body.get("user_id", "")))
            and joined_by["fingerprint"] != body["fingerprint"]
            and "Mobile" in agents[body["fingerprint"]]
            and "Mobile" not in agents[joined_by["fingerprint"]]
            and first_anonymous[body["fingerprint"]] < joined_by["created_at"] < body["created_at"]
        ]
        assert len({body["user_id"] for body in logged_in_later}) >= 10

    def it_has_a_few_shared_devices(self, facts: list[Fact]) -> None:
        shared = [users for users in users_by_device(facts).values() if len(users) > 1]
        assert 3 <= len(shared) < 0.02 * VISITORS
        assert {len(users) for users in shared} == {2}

    def it_has_some_crawlers_that_never_do_anything(self, facts: list[Fact]) -> None:
        crawlers = {
            body["fingerprint"]
            for body in pageviews(facts)
            if any(name in body["user_agent"] for name in CRAWLERS)
        }
        assert 0.01 < len(crawlers) / VISITORS < 0.03
        active = {body["fingerprint"] for path, body in facts if path == "/events"}
        assert not active & crawlers


class DescribeEvents:
    def it_sells_in_the_currency_of_the_country(self, facts: list[Fact]) -> None:
        purchases = events(facts, "purchase")
        assert all(Decimal(str(body["value"])) > 0 for body in purchases)
        assert {type(body["value"]) for body in purchases} == {str, float}
        currencies = {(body["country"], body["currency"]) for body in purchases}
        assert {("US", "USD"), ("DE", "EUR"), ("GB", "USD")} <= currencies
        assert len(currencies) == len({country for country, _ in currencies})

    def it_unsubscribes_only_members(self, facts: list[Fact]) -> None:
        joined = {body["user_id"] for body in events(facts, "trial", "signup")}
        left = [body["user_id"] for body in events(facts, "unsubscribe")]
        assert len(left) > 10
        assert set(left) <= joined

    def it_starts_and_ends_sessions(self, facts: list[Fact]) -> None:
        starts = {b["session_id"]: b for b in events(facts, "start")}
        ends = {b["session_id"]: b for b in events(facts, "end")}
        assert len(starts) > 100
        assert set(ends) <= set(starts)
        assert all(starts[key]["created_at"] < ends[key]["created_at"] for key in ends)
        assert {body["category"] for body in [*starts.values(), *ends.values()]} == {"session"}

    def it_submits_forms_with_data(self, facts: list[Fact]) -> None:
        forms = events(facts, "submit")
        assert forms
        assert all(body["data"]["name"] and "books_a_month" in body["data"] for body in forms)

    def it_gives_each_purchase_an_order_and_refunds_some(self, facts: list[Fact]) -> None:
        orders = [body["order_id"] for body in events(facts, "purchase")]
        refunds = {body["order_id"] for body in events(facts, "refund")}

        assert len(orders) == len(set(orders))
        assert refunds <= set(orders)
        assert 0.01 < len(refunds) / len(orders) < 0.1

    def it_renews_subscriptions_every_30_days(self) -> None:
        paid = defaultdict(list)
        for body in events(generate(400, 90, 1, NOW), "purchase"):
            if body["category"] != "book":
                paid[body["user_id"]].append(body)
        pairs = [pair for each in paid.values() for pair in pairwise(each)]

        assert len(pairs) > 10
        for before, after in pairs:
            gap = occurred_at(("", after)) - occurred_at(("", before))
            assert timedelta(days=30) <= gap < timedelta(days=31)
            assert after["category"] == "renewal"
