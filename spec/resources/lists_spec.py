"""GET /attribution?by=visit, event, conversion, user: lists, their pages, and their filters."""

from typing import Any

import pytest
from service import Service, event, pageview, problem

from growth.attribution.facts import SECOND
from growth.schemas.times import format_time, parse_time

START = parse_time("2026-11-20T10:00:00Z")
LISTS = ("visit", "pageview", "event", "conversion", "user")


def pages(service: Service, **params: Any) -> list[list[dict[str, Any]]]:
    """The results of all pages of a query."""
    found = []
    answer = service.ask(**params)
    while True:
        found.append(answer["results"])
        if answer["next"] is None:
            return found
        answer = service.ask(**params, cursor=answer["next"])


def key_of(row: dict[str, Any]) -> str:
    return str(row.get("id") or row["fingerprints"])


def keys_of(service: Service, **params: Any) -> list[str]:
    return [key_of(row) for page in pages(service, **params) for row in page]


def tell(service: Service, name: str, seconds: int) -> None:
    """Post a pageview and a signup of a visitor."""
    at = START + seconds * SECOND
    seen = pageview(fingerprint=name, created_at=format_time(at), id=f"p-{name}")
    service.store("/pageviews", seen)
    done = event(fingerprint=name, created_at=format_time(at + SECOND), id=f"e-{name}")
    service.store("/events", done)


class DescribePages:
    @pytest.mark.parametrize("by", LISTS)
    @pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
    def it_has_every_row_once(self, service: Service, by: str, limit: int) -> None:
        for number in range(7):
            tell(service, f"v{number}", seconds=number // 2)  # some have the same time

        found = pages(service, by=by, limit=limit)

        assert [len(page) for page in found[:-1]] == [limit] * (len(found) - 1)
        assert sorted(key_of(row) for page in found for row in page) == sorted(
            keys_of(service, by=by)
        )
        assert sum(map(len, found)) == 7

    @pytest.mark.parametrize("by", LISTS)
    @pytest.mark.parametrize("sign", ["", "-"])
    def it_loses_and_repeats_nothing_while_writes_go_on(
        self, service: Service, by: str, sign: str
    ) -> None:
        sort = {"visit": "started_at", "conversion": "occurred_at"}
        sort |= dict.fromkeys(("pageview", "event"), "created_at")
        params = {"by": by, "limit": 2, "sort": sign + sort.get(by, "first_visit")}
        for number in range(6):
            tell(service, f"v{number}", seconds=10 * number)
        before = keys_of(service, **params)
        answer = service.ask(**params)
        seen = [key_of(row) for row in answer["results"]]
        number = 6
        while answer["next"]:
            tell(service, f"v{number}", seconds=10 * number)  # newest
            tell(service, f"w{number}", seconds=10 * (number % 5) + 1)  # late, in between
            number += 1
            answer = service.ask(**params, cursor=answer["next"])
            seen += [key_of(row) for row in answer["results"]]
            assert number < 30

        assert len(seen) == len(set(seen))
        assert [key for key in seen if key in before] == before

    def it_sorts_either_way(self, service: Service) -> None:
        for number in range(3):
            tell(service, f"v{number}", seconds=number)

        newest = keys_of(service, by="event")

        assert newest == ["e-v2", "e-v1", "e-v0"]
        assert keys_of(service, by="event", sort="created_at") == newest[::-1]

    def it_pages_through_the_persons_named(self, service: Service) -> None:
        for name in "abc":
            tell(service, name, seconds=0)

        found = pages(service, fingerprint=["c", "a", "b"], limit=2)

        assert [[row["fingerprints"] for row in page] for page in found] == [
            [["a"], ["b"]],
            [["c"]],
        ]

    def it_refuses_the_cursor_of_another_question(self, service: Service) -> None:
        tell(service, "a", 0)
        tell(service, "b", 1)
        cursor = service.ask(by="visit", limit=1)["next"]

        told = problem(service.get("/attribution", f"by=event&cursor={cursor}"), 400)

        assert "next" in told["errors"]["cursor"][0]


class DescribeVisits:
    def it_tells_each_as_a_click_and_how_long_it_lasted(self, service: Service) -> None:
        service.store(
            "/pageviews",
            pageview(url="https://www.example.com/?utm_source=news", country="DE", user_id="u-1"),
            pageview(created_at="2026-11-20T10:02:00Z"),
        )

        (visit,) = service.ask(by="visit")["results"]

        assert (visit["at"], visit["last_at"]) == ("2026-11-20T10:00:00Z", "2026-11-20T10:02:00Z")
        assert (visit["duration"], visit["pageviews"], visit["is_first"]) == (120.0, 2, True)
        assert (visit["user_id"], visit["fingerprint"]) == ("u-1", "b998")
        assert (visit["source"], visit["country"]) == ("news", "DE")

    def it_is_open_for_half_an_hour_after_its_last_page(self, service: Service) -> None:
        for name, at in (("old", "11:30:00"), ("new", "11:30:01")):
            service.store("/pageviews", pageview(fingerprint=name, created_at=f"2026-11-22T{at}Z"))

        def found(**params: Any) -> dict[str, str]:
            rows = service.ask(by="visit", **params)["results"]
            return {row["fingerprint"]: row["status"] for row in rows}

        assert found() == {"old": "completed", "new": "open"}
        assert found(status="open") == {"new": "open"}
        assert found(status="completed") == {"old": "completed"}
        assert len(found(status=["open", "completed"])) == 2


class DescribePageviews:
    @pytest.fixture
    def journey(self, service: Service) -> Service:
        """Pageviews of Ann on her phone and her laptop, of Bob on that laptop, and of a bot."""
        ad = "https://www.example.com/?utm_source=google&utm_medium=cpc&utm_campaign=NY"

        def seen(name: str, hour: int, place: str = "", **more: Any) -> dict[str, Any]:
            at = f"2026-11-20T{hour:02}:00:00Z"
            return pageview(fingerprint=name, created_at=at, id=f"{name}-{hour}{place}", **more)

        service.store(
            "/pageviews",
            seen("phone", 8, url=ad, country="DE"),
            seen("phone", 9, user_id="ann"),
            seen("laptop", 10, user_id="ann", referrer_url="https://www.google.com/"),
            seen("laptop", 10, "b"),
            seen("laptop", 12, user_id="bob"),
            seen("laptop", 12, "bot", user_agent="Googlebot/2.1"),
            seen("nobody", 11),
        )
        return service

    def it_tells_them_as_they_were_sent(self, journey: Service) -> None:
        assert journey.ask(by="pageview", id="laptop-10")["results"] == [
            {
                "id": "laptop-10",
                "created_at": "2026-11-20T10:00:00Z",
                "fingerprint": "laptop",
                "user_id": "ann",
                "url": "https://www.example.com/en",
                "referrer_url": "https://www.google.com/",
                "country": None,
            }
        ]

    @pytest.mark.parametrize(
        ("params", "ids"),
        [
            ({}, {"laptop-12", "nobody-11", "laptop-10", "laptop-10b", "phone-9", "phone-8"}),
            ({"user_id": "ann"}, {"laptop-10", "laptop-10b", "phone-9", "phone-8"}),
            ({"user_id": ["ann", "bob"], "fingerprint": "laptop"},
             {"laptop-12", "laptop-10", "laptop-10b"}),
            ({"fingerprint": "phone"}, {"phone-9", "phone-8"}),
            ({"campaign": "NY"}, {"phone-8"}),
            ({"channel": "direct", "user_id": "ann"}, {"phone-9"}),
            ({"channel!": "direct", "user_id": "ann"}, {"laptop-10", "laptop-10b", "phone-8"}),
            ({"country": "de"}, {"phone-8"}),
            ({"country!": "DE", "fingerprint": "phone"}, {"phone-9"}),
            ({"start": "2026-11-20T11:00:00Z", "to": "2026-11-20T12:00:00Z"}, {"nobody-11"}),
            ({"user_id": "unknown"}, set()),
        ],
    )  # fmt: skip
    def it_keeps_those_of_a_journey(self, journey: Service, params: Any, ids: set[str]) -> None:
        found = keys_of(journey, by="pageview", limit=2, **params)

        assert len(found) == len(ids)
        assert set(found) == ids

    def it_has_the_newest_first(self, journey: Service) -> None:
        assert keys_of(journey, by="pageview", fingerprint="phone") == ["phone-9", "phone-8"]
        assert keys_of(journey, by="pageview", fingerprint="phone", sort="created_at") == [
            "phone-8",
            "phone-9",
        ]


class DescribeEvents:
    @pytest.fixture
    def game(self, service: Service) -> Service:
        service.store(
            "/events",
            event(name="start", fingerprint="p1", session_id="s1", created_at="2026-11-20T10:00Z"),
            event(name="move", fingerprint="p1", session_id="s1", category="play", id="m-1",
                  created_at="2026-11-20T10:01Z", data={"x": [1, None]}, value="2.50",
                  currency="EUR", country="DE"),
            event(name="end", fingerprint="p1", session_id="s1", created_at="2026-11-20T10:02Z"),
            event(name="end", fingerprint="p2", session_id="s2", created_at="2026-11-20T10:03Z",
                  user_id="u-2"),
        )  # fmt: skip
        return service

    def it_tells_them_as_they_were_sent(self, game: Service) -> None:
        assert game.ask(by="event", id="m-1")["results"] == [
            {
                "id": "m-1",
                "name": "move",
                "created_at": "2026-11-20T10:01:00Z",
                "fingerprint": "p1",
                "user_id": None,
                "session_id": "s1",
                "order_id": None,
                "category": "play",
                "country": "DE",
                "value": 2.5,
                "currency": "EUR",
                "data": {"x": [1, None]},
            }
        ]

    @pytest.mark.parametrize(
        ("params", "names"),
        [
            ({"event": "end"}, "end end"),
            ({"event": "end", "fingerprint": "p1"}, "end"),
            ({"session_id": "s1"}, "end move start"),
            ({"session_id": ["s1", "s2"], "limit": 2}, "end end"),
            ({"category": "play"}, "move"),
            ({"category": ""}, "end end start"),
            ({"category": ["", "play"], "fingerprint": "p1"}, "end move start"),
            ({"name": ["start", "move"]}, "move start"),
            ({"user_id": "u-2"}, "end"),
            ({"start": "2026-11-20T10:02:00Z"}, "end end"),
            ({"to": "2026-11-20T10:01:00Z"}, "start"),
            ({"hour": "2026-11-20T10:00:00Z", "country": "DE"}, "move"),
            ({"day": "2026-11-21"}, ""),
            ({"id": "nothing"}, ""),
        ],
    )
    def it_keeps_what_is_asked_for(self, game: Service, params: Any, names: str) -> None:
        rows = game.ask(by="event", **params)["results"]

        assert " ".join(row["name"] for row in rows) == names

    def it_finds_one_by_its_digest_too(self, game: Service) -> None:
        [found] = game.ask(by="event", event="start")["results"]

        assert game.ask(by="event", id=found["id"])["results"] == [found]

    def it_counts_them_by_group(self, game: Service) -> None:
        answer = game.ask(by="name,category", sort="name")

        assert answer["results"] == [
            {"name": "end", "category": None, "events": 2},
            {"name": "move", "category": "play", "events": 1},
            {"name": "start", "category": None, "events": 1},
        ]
        assert answer["totals"] == {"events": 4}

    def it_counts_all_pages_in_the_totals(self, game: Service) -> None:
        first = game.ask(by="name", limit=1, event="end")
        found = pages(game, by="name", limit=1)

        assert first["totals"] == {"events": 2}
        assert [row["name"] for page in found for row in page] == ["end", "move", "start"]

    def it_names_their_users(self, game: Service) -> None:
        rows = game.ask(by="name", event="end", include="users")["results"]

        assert rows == [{"name": "end", "events": 2, "users": ["u-2"], "users_total": 1}]


class DescribePersons:
    def it_lists_the_newest_first(self, service: Service) -> None:
        for number, name in enumerate("abc"):
            tell(service, name, seconds=number)
        tell(service, "d", seconds=-5)
        service.store("/pageviews", pageview(fingerprint="a", created_at="2026-11-21T00:00:00Z"))

        found = service.ask(by="user")["results"]

        assert [row["fingerprints"] for row in found] == [["c"], ["b"], ["a"], ["d"]]

    def it_keeps_those_with_a_visit_as_asked(self, service: Service) -> None:
        tell(service, "a", 0)
        tell(service, "b", 0)
        ad = pageview(
            fingerprint="a",
            url="https://www.example.com/?utm_source=x&utm_campaign=NY",
            created_at="2026-11-21T00:00:00Z",
        )
        service.store("/pageviews", ad)

        found = service.ask(by="user", campaign="NY")["results"]

        assert [row["fingerprints"] for row in found] == [["a"]]


class DescribeConversions:
    def it_keeps_those_credited_to_a_campaign(self, story: Service) -> None:
        def found(**params: Any) -> list[str]:
            return [row["fingerprint"] for row in story.ask(by="conversion", **params)["results"]]

        assert found(campaign="NY") == ["a"]
        assert found(campaign="NY", model="first_click") == []
        assert found(channel="Unattributed") == ["nobody"]
        assert found(channel="Organic Search", model="first_click", event="signup") == ["a"]
        assert found(day="2026-11-04") == ["c"]
        assert found(landing_page="/en", country="") == ["c"]

    def it_keeps_as_of_over_all_pages(self, service: Service) -> None:
        tell(service, "a", 0)
        tell(service, "b", 1)
        first = service.ask(by="conversion", limit=1, changed_since="2026-01-01")
        service.now += SECOND
        tell(service, "c", 2)

        second = service.ask(
            by="conversion", limit=1, changed_since="2026-01-01", cursor=first["next"]
        )

        assert second["as_of"] == first["as_of"]
        again = service.ask(by="conversion", changed_since=first["as_of"])["results"]
        assert "e-c" in [row["id"] for row in again]

    @pytest.mark.parametrize("sign", ["", "-"])
    def it_answers_similar_queries_with_their_own_values(self, service: Service, sign: str) -> None:
        for number in range(4):
            tell(service, f"v{number}", seconds=number)

        for first in range(4):
            for after in range(first + 1, 5):
                period = {
                    "start": format_time(START + (first + 1) * SECOND),
                    "to": format_time(START + (after + 1) * SECOND),
                }
                asked = {"by": "conversion", "limit": 1, "sort": f"{sign}occurred_at", **period}
                found = keys_of(service, **asked, event="signup")
                assert sorted(found) == [f"e-v{number}" for number in range(first, after)]
                assert keys_of(service, **asked) == found
                assert keys_of(service, **asked, event="trial") == []

    def it_is_found_by_its_id(self, service: Service) -> None:
        tell(service, "a", 0)
        tell(service, "b", 0)

        assert keys_of(service, by="conversion", id="e-b") == ["e-b"]

    def it_sorts_by_when_they_changed(self, service: Service) -> None:
        tell(service, "late", 9)
        service.now += SECOND
        tell(service, "early", 1)

        found = keys_of(service, by="conversion", sort="changed_at", limit=1)

        assert found == ["e-late", "e-early"]
